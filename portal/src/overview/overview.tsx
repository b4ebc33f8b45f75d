// How it goes today, and what needs attention.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, must } from "../app/api";
import { useLoad } from "../app/load";
import { me, may } from "../app/session";
import { money, number, percent, t, tn } from "../app/words";
import { Empty, Head, Loaded, Skeleton, Time } from "../ui/basics";
import { noticeLink, noticeTitle } from "../account/notices";
import type { Day } from "../ui/chart";
import { StatusBadge } from "../ui/status";

const DAYS = 14;
const DAYS_TOLD_MAX = 366; // a balance that lasts for years needs no word
const RUNNING = ["scheduled", "sending", "dripping", "paused"];

// The chart's code is not part of the first view.
function Volume({ days }: { days: Day[] }) {
  const [Chart, setChart] = useState<ComponentType<{ days: Day[] }>>();
  useEffect(() => void import("../ui/chart").then((part) => setChart(() => part.VolumeChart)), []);
  return Chart ? <Chart days={days} /> : <Skeleton lines={6} />;
}

// What is too long for half a phone's width takes all of it: no number is broken in two.
const LONG = 16;

function Figure({ name, value, beside }: { name: string; value: string; beside?: string }) {
  return (
    <div class={value.length > LONG ? "figure long" : "figure"}>
      <dt>{name}</dt>
      <dd>
        <strong class="number">{value}</strong>
        <span class="quiet">{beside}</span>
      </dd>
    </div>
  );
}

const signed = (value: number, form: (value: number) => string) =>
  (value > 0 ? "+" : "") + form(value);

export default function Overview() {
  const events = ["message_status", "balance_update"];
  const stats = useLoad(
    async () => {
      const [figures, wallet] = await Promise.all([
        must(api.GET("/messages/stats")),
        must(api.GET("/balance")),
      ]);
      return { ...figures, messages: wallet.sms_estimate };
    },
    [],
    events,
  );
  const volume = useLoad(
    () => must(api.GET("/messages/volume", { params: { query: { days: DAYS } } })),
    [],
    ["message_status"],
  );
  return (
    <>
      <Head title={t("Overview")}>
        {may.value.send && (
          <a class="button main" href="/send">
            {t("Send a message")}
          </a>
        )}
      </Head>
      <Loaded of={stats} lines={2}>
        {(now) => (
          <dl class="figures">
            <Figure
              name={t("Sent today")}
              value={number(now.sent_today)}
              beside={t("{delta} against yesterday", {
                delta: signed(now.sent_delta_pct, percent),
              })}
            />
            <Figure
              name={t("Delivered")}
              value={percent(now.delivery_rate)}
              beside={t("of what has ended")}
            />
            <Figure
              name={t("Failed today")}
              value={number(now.failed_today)}
              beside={t("{delta} against yesterday", { delta: signed(now.failed_delta, number) })}
            />
            <Figure
              name={t("Balance")}
              value={money(now.balance, now.currency)}
              beside={lasts(now)}
            />
          </dl>
        )}
      </Loaded>
      <section>
        <h2>{t("The last 14 days")}</h2>
        <Loaded of={volume} lines={6}>
          {(days) =>
            days.every((day) => day.delivered + day.failed + day.pending === 0) ? (
              <Empty title={t("No message has been sent yet.")}>
                {may.value.send && (
                  <a class="button main" href="/send">
                    {t("Send the first one")}
                  </a>
                )}
              </Empty>
            ) : (
              <Volume days={days} />
            )
          }
        </Loaded>
      </section>
      <div class="two">
        <Running />
        <Attention />
      </div>
    </>
  );
}

// How long the balance lasts at the pace of the last days, if there is a pace.
function lasts(now: {
  messages: number | null;
  period_total: number;
  period_days: number;
}): string | undefined {
  const perDay = now.period_total / Math.max(now.period_days, 1);
  if (perDay === 0 || now.messages === null) return undefined;
  const days = Math.floor(now.messages / perDay);
  if (days > DAYS_TOLD_MAX) return undefined;
  return tn("lasts about {n} day at this pace", "lasts about {n} days at this pace", days);
}

function Running() {
  const list = useLoad(
    () => must(api.GET("/messages/batches", { params: { query: { limit: 20 } } })),
    [],
    ["batch_progress"],
  );
  return (
    <section>
      <h2>{t("Campaigns")}</h2>
      <Loaded of={list} lines={3}>
        {({ batches }) => {
          const running = batches.filter((batch) => RUNNING.includes(batch.status));
          if (running.length === 0) return <p class="quiet">{t("No campaign runs now.")}</p>;
          return (
            <ul class="plain">
              {running.map((batch) => (
                <li key={batch.batch_id}>
                  <a href={`/campaigns/${batch.batch_id}`}>
                    {batch.name || batch.text.slice(0, 40)}
                  </a>{" "}
                  <StatusBadge of={batch.status} />{" "}
                  <progress
                    max={Math.max(batch.total_recipients, 1)}
                    value={batch.made}
                    aria-label={t("{made} of {total}", {
                      made: batch.made,
                      total: batch.total_recipients,
                    })}
                  />
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
}

function Attention() {
  const list = useLoad(
    () => must(api.GET("/notifications", { params: { query: { unread: true, limit: 5 } } })),
    [],
    ["notification"],
  );
  return (
    <section>
      <h2>{t("What needs attention")}</h2>
      <Loaded of={list} lines={3}>
        {({ notifications }) =>
          notifications.length === 0 ? (
            <p class="quiet">{t("Nothing, {name}. All is well.", { name: me.value!.user.name })}</p>
          ) : (
            <ul class="plain">
              {notifications.map((one) => (
                <li key={one.id}>
                  <a href={noticeLink(one) ?? "/notifications"}>{noticeTitle(one)}</a>{" "}
                  <Time at={one.created_at} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
