# Needs httpx. BASE_URL ends in /api, API_KEY is a key with the scopes send and query.
import os
import uuid

import httpx

with httpx.Client(
    base_url=os.environ["BASE_URL"],
    headers={"Authorization": f"Bearer {os.environ['API_KEY']}"},
    timeout=30,
) as api:
    message = {"to": "+254712345678", "text": "Your parcel is at the counter."}
    # The same key for every try: whatever is lost on the way, it is sent and charged once.
    key = str(uuid.uuid4())
    for attempt in range(3):
        answer = api.post("/messages/send", json=message, headers={"Idempotency-Key": key})
        if answer.status_code != 429 and answer.status_code < 500:
            break
    if answer.is_error:
        raise SystemExit(answer.json()["error"]["message"])
    sent = answer.json()
    print(sent["id"], sent["status"], sent["cost"], sent["cost_currency"])
    print(api.get(f"/messages/{sent['id']}").json()["timeline"])
