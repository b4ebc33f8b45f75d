// Those of a campaign whose messages failed, to be sent to again.
import { api, must } from "../app/api";

const PAGE = 100;
const MOST = 10_000; // recipients that a campaign takes beside lists

// `texts` is each one's own text, where the campaign's had variables: what filled them may be gone.
export type Again = { text: string; numbers: string[]; texts: Record<string, string> };

export async function failedOf(batch: string): Promise<Again> {
  const path = { id: batch };
  const { text } = await must(
    api.GET("/messages/batch/{id}", { params: { path, query: { limit: 1 } } }),
  );
  const personal = text.includes("{{");
  const again: Again = { text: personal ? "{{text}}" : text, numbers: [], texts: {} };
  let after: string | undefined;
  while (again.numbers.length < MOST) {
    const query = { batch_id: batch, status: "failed", limit: PAGE, after };
    const { messages } = await must(api.GET("/messages", { params: { query } }));
    for (const message of messages) {
      again.numbers.push(message.phone);
      if (personal) again.texts[message.phone] = message.text;
    }
    if (messages.length < PAGE) break;
    after = messages.at(-1)!.id;
  }
  return again;
}
