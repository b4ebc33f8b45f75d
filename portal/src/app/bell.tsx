// How many notifications are unread, live.
import { useEffect } from "preact/hooks";
import { api, must } from "./api";
import { useLoad } from "./load";
import { Sign } from "../ui/signs";
import { number, tn } from "./words";

export function Bell() {
  const load = useLoad(
    () => must(api.GET("/notifications/unread-count")),
    [],
    ["notification"],
  );
  useEffect(() => {
    addEventListener("dundun-read", load.reload);
    return () => removeEventListener("dundun-read", load.reload);
  }, []);
  const unread = load.data?.unread_count ?? 0;
  const name = tn("{n} unread notification", "{n} unread notifications", unread);
  return (
    <a class="bell" href="/notifications" aria-label={name} title={name}>
      <Sign of="bell" />
      {unread > 0 && (
        <span class="count" aria-hidden="true">
          {unread > 99 ? "99+" : number(unread)}
        </span>
      )}
    </a>
  );
}
