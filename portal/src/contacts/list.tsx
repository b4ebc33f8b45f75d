import { useState } from "preact/hooks";
import { api, must } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { go, place } from "../app/place";
import type { ScreenProps } from "../app/routes";
import { may } from "../app/session";
import { number, t, tn } from "../app/words";
import { Empty, Head, Loaded, Skeleton } from "../ui/basics";
import { Confirm } from "../ui/forms";
import { Pages, Table, nextAfter } from "../ui/table";

const LIMIT = 50;

export default function List({ id = "" }: ScreenProps) {
  const path = { id: id as never };
  const after = Number(place.value.query.get("after")) || undefined;
  const list = useLoad(() => must(api.GET("/contact-lists/{id}", { params: { path } })), [id]);
  const contacts = useLoad(
    () =>
      must(
        api.GET("/contact-lists/{id}/contacts", {
          params: { path, query: { after, limit: LIMIT } },
        }),
      ),
    [id, after],
  );
  const [asking, setAsking] = useState(false);
  const remove = useAction(async () => {
    await must(api.DELETE("/contact-lists/{id}", { params: { path } }));
    go("/contacts");
  });
  return (
    <>
      <Head title={list.data?.name ?? t("Contacts")}>
        <a class="button" href="/contacts">
          {t("All lists")}
        </a>
        {may.value.send && (
          <>
            <button type="button" class="danger" onClick={() => setAsking(true)}>
              {t("Delete the list")}
            </button>
            <a class="button main" href={`/campaigns/new?list=${id}`}>
              {t("Send to this list")}
            </a>
          </>
        )}
      </Head>
      <Loaded of={list} lines={1}>
        {(one) => (
          <p>
            {tn("{n} contact", "{n} contacts", one.count)} · {t("Columns")}:{" "}
            {one.columns.join(", ") || "–"}
          </p>
        )}
      </Loaded>
      <Loaded of={contacts} lines={10}>
        {(data) =>
          !list.data ? (
            <Skeleton />
          ) : data.contacts.length === 0 ? (
            <Empty title={t("The list is empty.")} />
          ) : (
            <>
              <Table
                name={t("Contacts")}
                rows={data.contacts}
                id={(row) => row.id}
                columns={[
                  { head: t("Number"), cell: (row) => <span class="code">{row.phone}</span> },
                  { head: t("Name"), cell: (row) => <span dir="auto">{row.name}</span> },
                  {
                    head: t("Columns"),
                    wide: true,
                    cell: (row) => (
                      <span dir="auto">
                        {Object.entries(row.data)
                          .map(([name, value]) => `${name}: ${value}`)
                          .join(" · ")}
                      </span>
                    ),
                  },
                ]}
              />
              <Pages next={nextAfter(data.contacts, LIMIT, (row) => row.id)} />
            </>
          )
        }
      </Loaded>
      {asking && list.data && (
        <Confirm
          title={t("Delete the list?")}
          text={t("{name} and its {n} contacts are gone for good.", {
            name: list.data.name,
            n: list.data.count,
          })}
          action={t("Delete {n} contacts", { n: number(list.data.count) })}
          act={remove}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
