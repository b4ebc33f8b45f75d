-- The carrier's own code of what went wrong, beside our word for it: an SMPP status, the err: of a
-- receipt, an aggregator's error name. Null: it gave none.
alter table messages add column carrier_error_code text;

-- The same of a part's receipt, until the parts are put together; empty: none.
alter table receipt_inbox add column error text not null default '';

-- What a receipt says besides, until its message is found; empty: nothing.
alter table carrier_receipts
  add column network text not null default '',
  add column cost text not null default '';
