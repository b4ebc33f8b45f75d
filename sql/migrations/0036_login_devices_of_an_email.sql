-- Those of an e-mail that were seen longest ago are forgotten: LOGIN_DEVICES_MAX.
create index login_devices_by_email on login_devices (email_hash, seen_at);
