-- Reports and texts that are fetched from carriers (table carrier_polls).

-- name: poll_claim
-- $1 carrier, $2 what, $3 seconds between two questions, $4 seconds of the lease, $5 seconds that
-- the carrier's log is read back, null: it has none. A row if it is due, for this scheduler alone:
-- from when on the log is to be read, because something may have been given that is not on record.
-- tenant: none, carriers are everybody's.
insert into carrier_polls as p (carrier, what, due_at, leased_until, asking_since)
select $1::text, $2::text, clock_timestamp() + make_interval(secs => $3::int),
       clock_timestamp() + make_interval(secs => $4::int), clock_timestamp()
where platform_open()
on conflict (carrier, what) do update
set due_at = excluded.due_at, leased_until = excluded.leased_until,
    asking_since = excluded.asking_since,
    -- What is lost now may be older than what is left of an earlier loss.
    again_from = least(p.again_from, p.asking_since - make_interval(secs => $5::int))
where p.due_at <= clock_timestamp()
  and (p.leased_until is null or p.leased_until <= clock_timestamp())
returning p.again_from;

-- name: poll_answered
-- $1 carrier, $2 what, $3 whether there is more: all that was given is on record.
-- tenant: none, as above.
update carrier_polls
set asking_since = null, leased_until = null,
    due_at = case when $3::boolean then clock_timestamp() else due_at end
where carrier = $1::text and what = $2::text;

-- name: poll_unanswered
-- $1 carrier, $2 what: something may have been given. tenant: none, as above.
update carrier_polls set leased_until = null where carrier = $1::text and what = $2::text;

-- name: poll_again_from
-- $1 carrier, $2 what, $3 the log is read until then; null: to its end. tenant: none, as above.
update carrier_polls set again_from = $3::timestamptz where carrier = $1::text and what = $2::text;
