-- -1 and 2^64 - 1 are two ids with the same 64 bits. An id from 2^63 on is known by its hash from here on, as text is: taken
-- has 8 bytes of zero and behind them its 20 digits. Rows that were stored before have the bits, and 8 bytes of zero alone.
comment on column market.trades.flags is
  '1 no_price, 2 no_volume, 4 trade_id is a hash of the text id, 8 trade_id was made here, 16 the id is an unsigned '
  'integer: trade_id is a hash of it if taken has its digits, else its bits; 32 cancelled, 64 corrected';
