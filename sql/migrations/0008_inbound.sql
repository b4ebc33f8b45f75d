-- What people of an account are told.
create sequence notification_ids;

create table notifications (
  account_id bigint not null,
  notification_id bigint not null,
  environment smallint not null,
  type text not null,                            -- low_balance, campaign_finished …
  title text not null,
  body text not null,
  link text not null,                            -- a path of the portal
  dedupe_key text,                               -- one row an account and key
  event_id uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  read_at timestamptz,
  primary key (account_id, notification_id)
);
create unique index notifications_by_key on notifications (account_id, dedupe_key);
create index notifications_by_age on notifications (created_at);
create index notifications_unread on notifications (account_id, environment)
  where read_at is null;

-- Carriers that may call us, by the name in their URL. A secret is kept as its SHA-256; two hold
-- while one replaces the other. Who changes a row moves config_version.
create table carriers (
  carrier text primary key,
  secret_hashes bytea[] not null,
  is_active boolean not null default true
);

-- To whom texts go that come in: look-up by number, which does not start from an account. A number
-- is one account's (keyword empty), or shared: the first word of a text chooses. A row without
-- keyword beside rows with them takes the rest.
create table inbound_numbers (
  number text not null,                          -- E.164, or the digits of a short code
  country text not null,                         -- a short code means something in one only
  keyword text not null default '' check (keyword = '' or keyword ~ '^[a-z0-9]{2,20}$'),
  account_id bigint not null,
  environment smallint not null default 0,
  app_id text,
  carrier text references carriers (carrier),    -- whose word counts; null: any carrier's
  auto_reply text check (char_length(auto_reply) between 1 and 459),
  confirms boolean not null default true,        -- answers a STOP or START
  primary key (number, country, keyword)
);
create index inbound_numbers_by_account on inbound_numbers (account_id);

create table inbound_messages (
  account_id bigint not null,
  inbound_id uuid not null,                      -- UUIDv7: its time is when we took it
  environment smallint not null,
  carrier text not null,
  carrier_message_id text not null,
  sender text not null,                          -- E.164, or whatever the carrier calls it
  recipient text not null,
  body text not null,
  keyword text,
  app_id text,
  wish smallint not null default 0,              -- 1 STOP, 2 START
  auto_reply boolean not null default false,     -- the carrier says that a machine wrote it
  primary key (account_id, inbound_id)
) partition by range (inbound_id);
create index inbound_messages_by_sender on inbound_messages (account_id, sender, inbound_id);

-- What makes a repeated callback harmless, for as long as a carrier may repeat it.
create table inbound_seen (
  account_id bigint not null,
  carrier text not null,
  carrier_message_id text not null,
  inbound_id uuid not null,
  seen_at timestamptz not null default clock_timestamp(),
  primary key (account_id, carrier, carrier_message_id)
);
create index inbound_seen_by_age on inbound_seen (seen_at);

-- Texts to numbers that nobody has: kept for the operator.
create table inbound_unrouted (
  carrier text not null,
  carrier_message_id text not null,
  sender text not null,
  recipient text not null,
  body text not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (carrier, carrier_message_id)
);
create index inbound_unrouted_by_age on inbound_unrouted (received_at);

create function ensure_inbound_partitions(ahead int) returns int
language plpgsql as $$
declare
  first timestamptz;
  last timestamptz;
  made int := 0;
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('dundun.partitions'));
  for i in -1 .. ahead loop
    first := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i))
             at time zone 'UTC';
    last := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i + 1))
            at time zone 'UTC';
    part := 'inbound_messages_' || to_char(first at time zone 'UTC', 'YYYY_MM');
    if to_regclass(part) is null then
      execute format('create table %I partition of inbound_messages for values from (%L) to (%L)',
                     part, uuid7_floor(first), uuid7_floor(last));
      made := made + 1;
    end if;
  end loop;
  return made;
end
$$;
select ensure_inbound_partitions(3);

-- Live and test keep apart here too, and a list says where an entry came from.
alter table opt_outs
  add column environment smallint not null default 0,
  add column source smallint not null default 2,  -- 1 a text that came in, 2 the API
  add column inbound_id uuid;                     -- that text
alter table opt_outs drop constraint opt_outs_pkey;
alter table opt_outs add primary key (account_id, environment, phone);
create index opt_outs_by_age on opt_outs (account_id, environment, created_at, phone);

-- Saves the sends of an account that has none from looking. Never goes back to false.
alter table accounts add column has_opt_outs boolean not null default false;
update accounts set has_opt_outs = true where account_id in (select account_id from opt_outs);

create function note_opt_outs() returns trigger
language plpgsql as $$
begin
  update accounts
  set has_opt_outs = true
  where not has_opt_outs and account_id in (select account_id from added);
  return null;
end
$$;
create trigger opt_outs_noted after insert on opt_outs
referencing new table as added
for each statement execute function note_opt_outs();

-- When a sender was last answered by a machine of ours, and how often on that day (UTC).
create table auto_replies (
  account_id bigint not null,
  environment smallint not null,
  phone text not null,
  replied_at timestamptz not null,
  day date not null,
  replies int not null,
  primary key (account_id, environment, phone)
);
create index auto_replies_by_age on auto_replies (replied_at);

-- The words that end and begin texts again, folded (small letters, no marks, single spaces), and
-- the language of the answer. A text is such a wish if it is the word, or, where `leads` says so,
-- begins with it.
create table opt_out_words (
  word text primary key,
  wish smallint not null,                        -- 1 STOP, 2 START
  language text not null,
  countries text[] not null default '{}',        -- ISO 3166-1 alpha-2; empty: everywhere
  leads boolean not null default false
);
create table opt_out_answers (
  language text not null,
  wish smallint not null,
  answer text not null,
  primary key (language, wish)
);

insert into opt_out_answers (language, wish, answer) values
  ('en', 1, 'You will get no more messages from {number}. Reply START to get them again.'),
  ('en', 2, 'You will get messages from {number} again. Reply STOP to end them.'),
  ('fr', 1, 'Vous ne recevrez plus de messages de {number}. Répondez START pour les reprendre.'),
  ('fr', 2, 'Vous recevrez de nouveau les messages de {number}. Répondez STOP pour les arreter.'),
  ('pt', 1, 'Nao vai receber mais mensagens de {number}. Responda START para voltar a receber.'),
  ('pt', 2, 'Vai receber de novo as mensagens de {number}. Responda STOP para parar.'),
  ('sw', 1, 'Hutapokea tena ujumbe kutoka {number}. Jibu ANZA kuupokea tena.'),
  ('sw', 2, 'Utapokea tena ujumbe kutoka {number}. Jibu ACHA kuusimamisha.'),
  ('ar', 1, 'لن تصلك رسائل أخرى من {number}. أرسل START لاستئنافها.'),
  ('ar', 2, 'ستصلك الرسائل من {number} من جديد. أرسل STOP لإيقافها.');

insert into opt_out_words (word, wish, language, leads) values
  ('stop', 1, 'en', true), ('stopall', 1, 'en', true), ('unsubscribe', 1, 'en', true),
  ('unsub', 1, 'en', true), ('opt out', 1, 'en', true), ('optout', 1, 'en', true),
  ('cancel', 1, 'en', false), ('end', 1, 'en', false), ('quit', 1, 'en', false),
  ('remove', 1, 'en', false), ('remove me', 1, 'en', false), ('revoke', 1, 'en', false),
  ('start', 2, 'en', false), ('unstop', 2, 'en', false), ('subscribe', 2, 'en', false),
  ('resume', 2, 'en', false), ('opt in', 2, 'en', false), ('optin', 2, 'en', false);

insert into opt_out_words (word, wish, language, leads, countries)
select v.word, v.wish, v.language, v.leads, l.countries
from (values
  ('arret', 1, 'fr', true), ('arreter', 1, 'fr', false), ('arretez', 1, 'fr', true),
  ('desabonner', 1, 'fr', true), ('desabonnement', 1, 'fr', false),
  ('desinscrire', 1, 'fr', true), ('fin', 1, 'fr', false), ('annuler', 1, 'fr', false),
  ('reprendre', 2, 'fr', false), ('abonner', 2, 'fr', false), ('commencer', 2, 'fr', false),
  ('parar', 1, 'pt', false), ('pare', 1, 'pt', false), ('sair', 1, 'pt', false),
  ('cancelar', 1, 'pt', false), ('remover', 1, 'pt', false),
  ('comecar', 2, 'pt', false), ('iniciar', 2, 'pt', false), ('voltar', 2, 'pt', false),
  ('acha', 1, 'sw', false), ('simama', 1, 'sw', false), ('simamisha', 1, 'sw', false),
  ('sitisha', 1, 'sw', false), ('ondoa', 1, 'sw', false), ('jiondoe', 1, 'sw', false),
  ('jitoe', 1, 'sw', false), ('anza', 2, 'sw', false), ('jiunge', 2, 'sw', false),
  ('rudisha', 2, 'sw', false)
) as v (word, wish, language, leads)
join (values
  ('fr', '{BF,BI,CD,CF,CG,CI,CM,DJ,DZ,GA,GN,KM,MA,MG,ML,MR,MU,NE,RE,RW,SC,SN,TD,TG,TN,BJ,FR,BE,CH,LU,CA}'::text[]),
  ('pt', '{AO,CV,GW,MZ,ST,PT,BR,TL}'),
  ('sw', '{KE,TZ,UG,RW,BI,CD,KM}')
) as l (language, countries) using (language);

-- Arabic is written nowhere else by chance: its words hold in every country.
insert into opt_out_words (word, wish, language) values
  ('قف', 1, 'ar'), ('توقف', 1, 'ar'), ('ايقاف', 1, 'ar'), ('الغاء', 1, 'ar'),
  ('الغاء الاشتراك', 1, 'ar'), ('ابدا', 2, 'ar'), ('اشترك', 2, 'ar'), ('اشتراك', 2, 'ar');
