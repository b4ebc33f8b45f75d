import { api, must } from "../app/api";
import { useAction, useLoad } from "../app/load";
import { AccountTabs } from "../app/parts";
import { place } from "../app/place";
import { t } from "../app/words";
import { Badge, Empty, Head, Loaded, Problem, Time } from "../ui/basics";
import { Pages, Table, nextAfter } from "../ui/table";
import { noticeLink, noticeTitle } from "./notices";

const LIMIT = 50;

export default function Notifications() {
  const after = Number(place.value.query.get("after")) || undefined;
  const list = useLoad(
    () => must(api.GET("/notifications", { params: { query: { after, limit: LIMIT } } })),
    [after],
    ["notification"],
  );
  const readAll = useAction(async () => {
    await must(api.POST("/notifications/read-all"));
    dispatchEvent(new Event("dundun-read"));
    await list.reload();
  });
  return (
    <>
      <Head title={t("Notifications")}>
        {!!list.data?.unread_count && (
          <button type="button" onClick={() => void readAll.run()}>
            {t("Mark all as read")}
          </button>
        )}
      </Head>
      <AccountTabs current="/notifications" />
      <Problem failure={readAll.failure} />
      <Loaded of={list}>
        {({ notifications }) =>
          notifications.length === 0 ? (
            <Empty title={t("There is nothing to tell you.")} />
          ) : (
            <>
              <Table
                name={t("Notifications")}
                rows={notifications}
                id={(row) => row.id}
                columns={[
                  {
                    head: t("What"),
                    cell: (row) =>
                      noticeLink(row) ? (
                        <a href={noticeLink(row)!}>{noticeTitle(row)}</a>
                      ) : (
                        noticeTitle(row)
                      ),
                  },
                  {
                    head: t("In detail"),
                    wide: true,
                    cell: (row) => (
                      <span lang="en" dir="auto">
                        {row.body}
                      </span>
                    ),
                  },
                  {
                    head: t("State"),
                    cell: (row) =>
                      row.read ? (
                        <Badge tone="still">{t("Read§seen")}</Badge>
                      ) : (
                        <Badge tone="busy">{t("New")}</Badge>
                      ),
                  },
                  { head: t("When"), end: true, cell: (row) => <Time at={row.created_at} /> },
                ]}
              />
              <Pages next={nextAfter(notifications, LIMIT, (row) => row.id)} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
