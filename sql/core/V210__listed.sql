-- A bot's record may name an instrument that nothing else has: only keys that see all bots' records see it.
alter table market.instruments add column listed boolean not null default true;
comment on column market.instruments.listed is
  'Whether more than bots'' records names it: market data, records of no bot, or PUT /v1/instruments.';
