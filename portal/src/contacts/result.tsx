// What became of an uploaded file: how many came in, and which lines did not, and why.
import type { Words } from "made/words";
import { number, t, tn } from "../app/words";
import { Badge } from "../ui/basics";
import type { Uploaded } from "./upload";

const REASONS: Record<string, Words> = {
  no_number: "no number in the line",
  not_a_number: "this is no number",
  spreadsheet_number: "a spreadsheet has rounded the number: format the column as text",
  no_country_code: "no country code",
  too_short: "too short",
  too_long: "too long",
  wrong_length: "wrong length for its country",
  not_in_numbering_plan: "no such number in its country",
  no_country: "belongs to no country",
  too_many_fields: "more fields than the first line has",
  field_too_long: "a field is too long",
};
export const reasonWord = (reason: string) => (REASONS[reason] ? t(REASONS[reason]) : reason);

const LINES_SHOWN = 50;

// The lines that were left out, as a file to repair and to upload again.
function faultsFile(result: Uploaded): string {
  const quoted = (text: string) => `"${text.replace(/"/g, '""')}"`;
  const rows = result.faults.map(({ line, reason, value }) =>
    [String(line), reason, value].map(quoted).join(","),
  );
  return URL.createObjectURL(
    new Blob([["line,reason,value", ...rows].join("\r\n")], { type: "text/csv" }),
  );
}

export function UploadResult({ of }: { of: Uploaded }) {
  const reasons = Object.entries(of.invalid_by_reason).filter(([, count]) => count > 0);
  return (
    <section class="card" aria-label={t("Result of the upload")}>
      <p role="status">
        <Badge tone={of.imported > 0 ? "good" : "bad"}>
          {tn("{n} contact came in", "{n} contacts came in", of.imported)}
        </Badge>{" "}
        {of.duplicates > 0 && (
          <Badge tone="still">
            {tn("{n} was there twice", "{n} were there twice", of.duplicates)}
          </Badge>
        )}{" "}
        {of.invalid > 0 && (
          <Badge tone="warn">
            {tn("{n} line was left out", "{n} lines were left out", of.invalid)}
          </Badge>
        )}
      </p>
      {of.variables.length > 0 && (
        <p>
          {t("Columns that texts may use:")}{" "}
          {of.variables.map((name) => (
            <code key={name} class="chip">{`{{${name}}}`}</code>
          ))}
        </p>
      )}
      {of.warnings.map((warning) => (
        <p key={warning} lang="en">
          {warning}
        </p>
      ))}
      {reasons.length > 0 && (
        <>
          <ul>
            {reasons.map(([reason, count]) => (
              <li key={reason}>
                {number(count)} × {reasonWord(reason)}
              </li>
            ))}
          </ul>
          <details>
            <summary>{t("Lines that were left out")}</summary>
            <table class="plain">
              <thead>
                <tr>
                  <th scope="col" class="end">
                    {t("Line")}
                  </th>
                  <th scope="col">{t("Reason")}</th>
                  <th scope="col">{t("What stood there")}</th>
                </tr>
              </thead>
              <tbody>
                {of.faults.slice(0, LINES_SHOWN).map((fault, index) => (
                  <tr key={index}>
                    <td class="end">{fault.line}</td>
                    <td>{reasonWord(fault.reason)}</td>
                    <td class="code" dir="auto">
                      {fault.value}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
          <p>
            <a class="button" download="left-out.csv" href={faultsFile(of)}>
              {t("Download them, repair them, upload them again")}
            </a>
          </p>
        </>
      )}
    </section>
  );
}
