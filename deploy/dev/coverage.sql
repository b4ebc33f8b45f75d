-- Reference data: the coverage table and the exchange rates that price it. The pivot rates of UGX
-- and KES are the published ones; the others are samples for demonstration, marked as such.
insert into countries (code, name) values
  ('AO', 'Angola'), ('BF', 'Burkina Faso'), ('BI', 'Burundi'), ('CM', 'Cameroon'),
  ('CD', 'DR Congo'), ('CG', 'Congo'), ('CI', 'Cote d''Ivoire'), ('EG', 'Egypt'),
  ('ET', 'Ethiopia'), ('GM', 'Gambia'), ('GH', 'Ghana'), ('KE', 'Kenya'), ('LY', 'Libya'),
  ('MG', 'Madagascar'), ('MW', 'Malawi'), ('ML', 'Mali'), ('MA', 'Morocco'),
  ('MZ', 'Mozambique'), ('MU', 'Mauritius'), ('NE', 'Niger'), ('NG', 'Nigeria'),
  ('RW', 'Rwanda'), ('SN', 'Senegal'), ('ZA', 'South Africa'), ('SS', 'South Sudan'),
  ('TZ', 'Tanzania'), ('UG', 'Uganda'), ('ZM', 'Zambia'), ('ZW', 'Zimbabwe')
on conflict do nothing;

update countries c
set time_zone = v.zone
from (values
  ('AO', 'Africa/Luanda'), ('BF', 'Africa/Ouagadougou'), ('BI', 'Africa/Bujumbura'),
  ('CM', 'Africa/Douala'), ('CD', 'Africa/Kinshasa'), ('CG', 'Africa/Brazzaville'),
  ('CI', 'Africa/Abidjan'), ('EG', 'Africa/Cairo'), ('ET', 'Africa/Addis_Ababa'),
  ('GM', 'Africa/Banjul'), ('GH', 'Africa/Accra'), ('KE', 'Africa/Nairobi'),
  ('LY', 'Africa/Tripoli'), ('MG', 'Indian/Antananarivo'), ('MW', 'Africa/Blantyre'),
  ('ML', 'Africa/Bamako'), ('MA', 'Africa/Casablanca'), ('MZ', 'Africa/Maputo'),
  ('MU', 'Indian/Mauritius'), ('NE', 'Africa/Niamey'), ('NG', 'Africa/Lagos'),
  ('RW', 'Africa/Kigali'), ('SN', 'Africa/Dakar'), ('ZA', 'Africa/Johannesburg'),
  ('SS', 'Africa/Juba'), ('TZ', 'Africa/Dar_es_Salaam'), ('UG', 'Africa/Kampala'),
  ('ZM', 'Africa/Lusaka'), ('ZW', 'Africa/Harare')
) as v (code, zone)
where c.code = v.code;

with coverage (country, currency, price) as (values
  ('AO', 'AOA', 55.00), ('BF', 'XOF', 40.00), ('BI', 'BIF', 50.00), ('CM', 'XAF', 25.00),
  ('CD', 'USD', 0.06), ('CG', 'XAF', 1.00), ('CI', 'XOF', 30.00), ('EG', 'EGP', 1.50),
  ('ET', 'ETB', 18.00), ('GM', 'GMD', 5.86), ('GH', 'GHS', 0.09), ('KE', 'KES', 1.20),
  ('LY', 'LYD', 4.00), ('MG', 'MGA', 3000.00), ('MW', 'MWK', 70.00), ('ML', 'XOF', 200.00),
  ('MA', 'MAD', 0.75), ('MZ', 'MZN', 3.00), ('MU', 'MUR', 3.70), ('NE', 'XOF', 40.00),
  ('NG', 'NGN', 9.10), ('RW', 'RWF', 20.00), ('SN', 'XOF', 40.11), ('ZA', 'ZAR', 3.47),
  ('SS', 'SSP', 40.00), ('TZ', 'TZS', 30.00), ('UG', 'UGX', 35.00), ('ZM', 'ZMW', 0.70),
  ('ZW', 'ZIG', 16.00)
), made as (
  insert into routes (code, name, country, currency, sender_default)
  select 'ESMS_' || c.country, n.name, c.country, c.currency, 'eSMSAfrica'
  from coverage c join countries n on n.code = c.country
  on conflict (code) do nothing
  returning route_id, country
)
insert into route_prices (route_id, price_micros)
select m.route_id, (c.price * 1000000)::bigint
from made m join coverage c using (country);

insert into fx_rates (currency, per_usd_micros, is_sample)
select v.currency, (v.rate * 1000000)::bigint, v.is_sample
from (values
  ('USD', 1.0, false), ('UGX', 3726.0, false), ('KES', 129.13, false), ('AOA', 912.0, true),
  ('XOF', 605.0, true), ('BIF', 2950.0, true), ('XAF', 605.0, true), ('EGP', 49.5, true),
  ('ETB', 128.0, true), ('GMD', 71.0, true), ('GHS', 12.4, true), ('LYD', 4.9, true),
  ('MGA', 4560.0, true), ('MWK', 1735.0, true), ('MAD', 9.9, true), ('MZN', 63.9, true),
  ('MUR', 46.2, true), ('NGN', 1545.0, true), ('RWF', 1415.0, true), ('ZAR', 18.1, true),
  ('SSP', 130.0, true), ('TZS', 2680.0, true), ('ZMW', 26.5, true), ('ZIG', 26.8, true)
) as v (currency, rate, is_sample)
where not exists (select from fx_rates f where f.currency = v.currency);

update config_version set version = version + 1;
