#!/bin/sh
# Needs curl. BASE_URL ends in /api, API_KEY is a key with the scopes send and query.
curl --silent --show-error --fail-with-body --retry 2 "$BASE_URL/messages/send" \
  -H "Authorization: Bearer $API_KEY" \
  -H "Content-Type: application/json" \
  -H "Idempotency-Key: order-4711" \
  -d '{"to": "+254712345678", "text": "Your parcel is at the counter."}'
