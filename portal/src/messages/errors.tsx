// What failed lately, by cause.
import { api, must, type Schemas } from "../app/api";
import { useLoad } from "../app/load";
import { DeveloperTabs } from "../app/parts";
import { go, place, withQuery } from "../app/place";
import { countryName, number, t } from "../app/words";
import { Empty, Head, Loaded, Time } from "../ui/basics";
import { Table } from "../ui/table";
import { reasonText } from "./reasons";

const PERIODS = [1, 7, 30, 90];
const PERIOD = 7;

export default function Errors() {
  const asked = Number(place.value.query.get("days") ?? PERIOD);
  const days = PERIODS.includes(asked) ? asked : PERIOD;
  const list = useLoad(
    () => must(api.GET("/messages/errors", { params: { query: { days } } })),
    [days],
    ["message_status"],
  );
  return (
    <>
      <Head title={t("Errors")} />
      <DeveloperTabs current="/errors" />
      <form class="filters">
        <label>
          {t("Messages of the last days")}
          <select
            value={days}
            onChange={(event) => go(withQuery({ days: event.currentTarget.value }))}
          >
            {PERIODS.map((period) => (
              <option key={period} value={period}>
                {number(period)}
              </option>
            ))}
          </select>
        </label>
      </form>
      <Loaded of={list}>
        {({ errors, counted, complete }) =>
          errors.length === 0 ? (
            <Empty title={t("Nothing failed in this time.")} />
          ) : (
            <>
              <Groups of={errors} />
              {!complete && (
                <p class="quiet">
                  {t("These are the newest {n} failures; there are more.", { n: number(counted) })}
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </>
  );
}

type Group = Schemas["MessageErrors"]["errors"][number];

function Groups({ of }: { of: Group[] }) {
  return (
    <Table
      name={t("Errors")}
      rows={of}
      id={(row) => row.last_id}
      columns={[
        { head: t("Reason"), cell: (row) => reasonText(row.error_code) },
        { head: t("Code"), cell: (row) => <span class="code">{row.error_code}</span> },
        {
          head: t("The carrier's code"),
          cell: (row) =>
            row.carrier_error_code ? <span class="code">{row.carrier_error_code}</span> : "–",
        },
        { head: t("Country"), cell: (row) => countryName(row.country) },
        { head: t("Messages"), end: true, cell: (row) => number(row.count) },
        {
          head: t("The last one"),
          end: true,
          cell: (row) => (
            <a href={`/logs/${row.last_id}`}>
              <Time at={row.last_failed_at} />
            </a>
          ),
        },
      ]}
    />
  );
}
