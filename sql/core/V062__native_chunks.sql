-- Daily candles reach back to 1800: at 30 days a chunk that would be thousands of chunks. What retention takes here it deletes
-- row by row, so that the length of a chunk is no matter to it.
select public.set_chunk_time_interval('market.candles_native', interval '365 days');
