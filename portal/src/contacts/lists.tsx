import { useState } from "preact/hooks";
import { api, must, type Schemas } from "../app/api";
import { useLoad } from "../app/load";
import { place } from "../app/place";
import { may } from "../app/session";
import { number, t } from "../app/words";
import { Empty, Head, Loaded, Time } from "../ui/basics";
import { Pages, Table, nextAfter, type Column } from "../ui/table";
import { Uploader } from "./uploader";

const LIMIT = 50;

const columns = (): Column<Schemas["ContactList"]>[] => [
  { head: t("Name"), cell: (row) => <span dir="auto">{row.name}</span> },
  { head: t("Contacts"), end: true, cell: (row) => number(row.count) },
  { head: t("Columns"), wide: true, cell: (row) => row.columns.join(", ") },
  { head: t("Changed"), end: true, cell: (row) => <Time at={row.updated_at} /> },
];

export default function Lists() {
  const after = Number(place.value.query.get("after")) || undefined;
  const [uploading, setUploading] = useState(false);
  const lists = useLoad(
    () => must(api.GET("/contact-lists", { params: { query: { after, limit: LIMIT } } })),
    [after],
  );
  const empty = lists.data?.lists.length === 0;
  // What became of the file stays to be read, though there is a list now.
  const uploaded = () => {
    setUploading(true);
    void lists.reload();
  };
  return (
    <>
      <Head title={t("Contacts")}>
        {may.value.send && !uploading && !empty && (
          <button type="button" class="main" onClick={() => setUploading(true)}>
            {t("Upload contacts")}
          </button>
        )}
      </Head>
      {may.value.send && (uploading || empty) && <Uploader onDone={uploaded} />}
      <Loaded of={lists}>
        {(data) =>
          data.lists.length === 0 ? (
            <Empty title={t("There is no list yet.")}>
              <p>{t("Upload a file, and its people can be sent to.")}</p>
            </Empty>
          ) : (
            <>
              <Table
                name={t("Contacts")}
                rows={data.lists}
                columns={columns()}
                id={(row) => row.id}
                href={(row) => `/contacts/${row.id}`}
              />
              <Pages next={nextAfter(data.lists, LIMIT, (row) => row.id)} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
