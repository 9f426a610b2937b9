-- Run once by the database's image in compose.yaml: the role that Grafana asks as, so that nobody who may edit a dashboard can
-- change data. Elsewhere sql/roles.sql makes it.
\getenv password CANDLEWICK_READER_PASSWORD
create role candlewick_reader login password :'password';
grant pg_read_all_data to candlewick_reader;
alter role candlewick_reader set default_transaction_read_only = on;
alter role candlewick_reader set statement_timeout = '5s';
