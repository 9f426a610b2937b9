-- What the server computes from candles and keeps as records: plans (the features of each trading day) and feature sets
-- (indicators of each closed candle), as they were declared, and how far the work is.
create table ingest.plans (
  plan        text primary key,
  version     integer not null default 1,
  declaration jsonb not null,
  changed_at  timestamptz not null default now()
);

create table ingest.feature_sets (
  name        text primary key,
  version     integer not null default 1,
  declaration jsonb not null,
  changed_at  timestamptz not null default now()
);

-- of: plan or set. version: of the declaration that it was done by. While the past is filled in, done_to is how far that is
-- (null = not begun); once complete, the beginning of a candle that was open when it was last looked at.
create table ingest.feature_progress (
  of            text not null check (of in ('plan', 'set')),
  name          text not null,
  instrument_id integer not null,
  version       integer not null,
  first_ts      timestamptz,
  done_to       timestamptz,
  complete      boolean not null default false,
  primary key (of, name, instrument_id)
);

-- The days of a plan as candles, over which its daily indicators are computed, and what else their minutes came to.
create table ingest.plan_days (
  plan          text not null,
  instrument_id integer not null,
  date          date not null,
  ts            timestamptz not null,
  open          double precision not null,
  high          double precision not null,
  low           double precision not null,
  close         double precision not null,
  volume        double precision not null,
  features      jsonb not null,
  primary key (plan, instrument_id, date)
);

-- Up to which moment the journal of commits was worked off, and when.
create table ingest.feature_position (
  one    boolean primary key default true check (one),
  moment text not null,
  at     timestamptz not null default now()
);
