create table market.instruments (
  id          integer generated always as identity primary key,
  venue       text not null,
  symbol      text not null,
  base        text,
  quote       text,
  currency    text,
  asset_class text,
  name        text,
  tick_size   double precision,
  lot_size    double precision,
  timezone    text,
  session     text,
  metadata    jsonb not null default '{}',
  created_at  timestamptz not null default now(),
  unique (venue, symbol)
);
