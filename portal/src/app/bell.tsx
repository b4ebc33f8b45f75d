// How many notifications are unread, live.
import { useEffect, useState } from "preact/hooks";
import { api } from "./api";
import { useLive } from "./live";
import { Sign } from "../ui/signs";
import { number, tn } from "./words";

export function Bell() {
  const [unread, setUnread] = useState(0);
  const ask = async () => {
    const { data } = await api
      .GET("/notifications/unread-count")
      .catch(() => ({ data: undefined }));
    if (data) setUnread(data.unread_count);
  };
  useEffect(() => {
    void ask();
    addEventListener("dundun-read", ask);
    return () => removeEventListener("dundun-read", ask);
  }, []);
  useLive((event) => {
    if (event.type === "notification" || event.type === "resync") void ask();
  });
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
