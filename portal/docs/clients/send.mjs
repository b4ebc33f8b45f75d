// Node 18 or newer. BASE_URL ends in /api, API_KEY is a key with the scopes send and query.
import { randomUUID } from "node:crypto";

const { BASE_URL, API_KEY } = process.env;

async function call(method, path, body) {
  // The same key for every try: whatever is lost on the way, it is sent and charged once.
  const headers = { Authorization: `Bearer ${API_KEY}`, "Content-Type": "application/json", "Idempotency-Key": randomUUID() };
  for (let attempt = 1; ; ++attempt) {
    const answer = await fetch(BASE_URL + path, { method, headers, body: body && JSON.stringify(body) });
    const again = answer.status === 429 || answer.status >= 500;
    if (again && attempt < 3) continue;
    const json = await answer.json();
    if (!answer.ok) throw new Error(`${json.error.code}: ${json.error.message} (${json.error.request_id})`);
    return json;
  }
}

const sent = await call("POST", "/messages/send", { to: "+254712345678", text: "Your parcel is at the counter." });
console.log(sent.id, sent.status, sent.cost, sent.cost_currency);
console.log((await call("GET", `/messages/${sent.id}`)).timeline);
