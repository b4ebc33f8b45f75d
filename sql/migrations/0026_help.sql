-- HELP is a wish too (3): it is answered, and opts nobody out or in. A STOP, a START and a HELP
-- within a minute each get their answer: what counts is the last one that was answered.
alter table auto_replies add column wish smallint not null default 0;

insert into opt_out_answers (language, wish, answer) values
  ('en', 3, 'You get messages from {number}. Reply STOP to end them, START to get them again.'),
  ('fr', 3, 'Vous recevez des messages de {number}. Répondez STOP pour les arreter, START pour les reprendre.'),
  ('pt', 3, 'Recebe mensagens de {number}. Responda STOP para parar, START para voltar a receber.'),
  ('sw', 3, 'Unapokea ujumbe kutoka {number}. Jibu ACHA kuusimamisha, ANZA kuupokea tena.'),
  ('ar', 3, 'تصلك رسائل من {number}. أرسل STOP لإيقافها أو START لاستئنافها.')
on conflict do nothing;

insert into opt_out_words (word, wish, language) values
  ('help', 3, 'en'), ('مساعدة', 3, 'ar'), ('مساعده', 3, 'ar')
on conflict do nothing;

insert into opt_out_words (word, wish, language, countries)
select v.word, 3, v.language, l.countries
from (values ('aide', 'fr'), ('ajuda', 'pt'), ('msaada', 'sw')) as v (word, language)
join lateral (
  select w.countries
  from opt_out_words w
  where w.language = v.language and cardinality(w.countries) > 0
  limit 1
) as l on true
on conflict do nothing;
