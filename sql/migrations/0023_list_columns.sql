-- Which column of a list is the phone's and which the name's, from 0: the upload may say so, and
-- the headers that we know by themselves become more. Null phone_column: a list from before, whose
-- columns are told by the names that were known then.
alter table contact_lists
  add column phone_column smallint,
  add column name_column smallint;  -- null: contacts have no name
