-- A wallet is a row that nearly every batch changes. While somebody holds a snapshot (a dump, a
-- forgotten session, a replication slot), all its versions stay, and whoever looks it up by a key that
-- they share passes every one of them. Its number rises with each change: in the key, it leads to the
-- newest version at once. That an account has one wallet an environment is the rule of whoever makes
-- accounts, and `reconcile` sees it.
alter table wallets drop constraint wallets_pkey;
alter table wallets add primary key (account_id, environment, seq);
