// Choosing and uploading a file of contacts.
import { useState } from "preact/hooks";
import { useAction } from "../app/load";
import { percent, t } from "../app/words";
import { Field, Form, Submit } from "../ui/forms";
import { UploadResult } from "./result";
import { upload, type Uploaded } from "./upload";

export function Uploader({ onDone }: { onDone: (result: Uploaded) => void }) {
  const [file, setFile] = useState<File>();
  const [name, setName] = useState("");
  const [part, setPart] = useState(0);
  const [result, setResult] = useState<Uploaded>();
  const act = useAction(async () => {
    setPart(0);
    setResult(undefined);
    const made = await upload(file!, name, setPart);
    setResult(made);
    onDone(made);
  });
  return (
    <>
      <Form onSend={act.run} failure={act.failure} label={t("Upload contacts")}>
        <div class="pair">
          <Field
            label={t("File")}
            hint={t("A table as CSV with a column of numbers. Its first line names the columns.")}
          >
            <input
              type="file"
              required
              accept=".csv,.tsv,.txt,text/csv"
              onChange={(event) => setFile(event.currentTarget.files?.[0])}
            />
          </Field>
          <Field label={t("Name of the list")} hint={t("Empty: the file's name")}>
            <input
              value={name}
              maxLength={80}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </Field>
        </div>
        <div class="buttons">
          <Submit busy={act.busy}>{t("Upload")}</Submit>
          {act.busy && (
            <>
              <progress max={1} value={part} aria-label={t("Upload")} /> {percent(part * 100)}
            </>
          )}
        </div>
      </Form>
      {result && <UploadResult of={result} />}
    </>
  );
}
