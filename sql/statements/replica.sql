-- Which server answers, and how far it is behind (common/web/replica.h).

-- name: replica_state
-- Whether it is a standby, how many ms ago what it replayed last was committed (null: nothing yet),
-- and the server's name as of server_name. tenant: none, the server itself.
select pg_is_in_recovery() as is_standby,
       (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::bigint as behind_ms,
       current_database() || '-' || (select system_identifier from pg_control_system()) as server;

-- name: server_name
-- The same for a primary and its standbys, and no other. tenant: none, the server itself.
select current_database() || '-' || (select system_identifier from pg_control_system());
