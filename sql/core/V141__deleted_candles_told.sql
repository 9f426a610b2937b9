-- Nothing but retention deletes the venue's own candles, row by row, and not always beside a note in ingest.dropped.
create trigger deleted_told after delete on market.candles_native
  for each statement execute function ingest.tell_dropped();
