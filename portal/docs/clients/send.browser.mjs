// For pages served from the same host. Never put a key that may send into a page for strangers.
export async function send(baseUrl, apiKey, to, text) {
  const answer = await fetch(`${baseUrl}/messages/send`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${apiKey}`,
      "Content-Type": "application/json",
      "Idempotency-Key": crypto.randomUUID(),
    },
    body: JSON.stringify({ to, text }),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error.message);
  return json;
}
