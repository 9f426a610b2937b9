-- Candles older than their retention that were taken back from an archive: nothing is rolled up from them, and thirty days later
-- they go again. One-minute candles among them are here as well.
alter table market.candles_native add column taken_back_at timestamptz;
