-- Which trace of its caller's a message belongs to (W3C Trace Context), where the caller records it:
-- its events and webhooks bear it. Null for nearly all, which costs a row nothing.
alter table messages add column trace_id uuid;
alter table webhook_deliveries add column trace_id uuid;
