// @questdb/nodejs-client. Usage: node questdb-nodejs-client.js http://host:port
import assert from 'node:assert/strict';
import { File } from 'node:buffer';
import { lossy, stored } from './lossy.js';

// Its HTTP library is made for Node 20, in which this is a global.
globalThis.File ??= File;
const { Sender } = await import('@questdb/nodejs-client');

const [base] = process.argv.slice(2);
const wire = await lossy(base, ['busy', 'lost']);
const sender = await Sender.fromConfig(`http::addr=${wire.host};username=any;password=any;auto_flush=off;`);

const start = (Math.floor(Date.now() / 60_000) - 60) * 60_000_000;
const trade = (price) =>
  sender.table('trades').symbol('venue', 'quest').symbol('symbol', 'BTC-USD').symbol('side', 'sell')
    .floatColumn('price', price).floatColumn('amount', 0.5);
async function write() {
  for (let id = 1; id <= 300; id++) await trade(100 + id).intColumn('id', id).at(start + id, 'us');
  for (const price of [7, 7, 5]) await trade(price).at(start + 400, 'us');
  await sender.table('ticker-quest').symbol('symbol', 'BTC-USD').floatColumn('bid', 1.5)
    .floatColumn('ask', 2).timestampColumn('timestamp', start, 'us').at(start + 9, 'us');
  await sender.table('candles-quest').symbol('symbol', 'BTC-USD').symbol('interval', '1m')
    .floatColumn('open', 1).floatColumn('high', 3).floatColumn('low', 0.5).floatColumn('close', 2)
    .floatColumn('volume', 9).booleanColumn('closed', true).timestampColumn('start', start, 'us')
    .at(start + 60_000_000, 'us');
  await sender.flush();
}
// A 503 it tries again by itself; of a lost answer it tells, and what it was for is written again.
await assert.rejects(write());
await write();
assert.deepEqual(wire.statuses, [204, 204]);

const trades = await stored(base, 'trades', 'quest', 'BTC-USD');
assert.deepEqual(
  trades.map(({ ts, price }) => [ts - start, price]),
  [...[...Array(300).keys()].map((i) => [i + 1, 101 + i]), [400, 7], [400, 7], [400, 5]],
);
assert.deepEqual(trades[0], { ts: start + 1, price: 101, size: 0.5, side: 'sell', id: 1, flags: [] });
const quotes = await stored(base, 'quotes', 'quest', 'BTC-USD');
assert.deepEqual(quotes.map(({ ts, bid, ask }) => [ts - start, bid, ask]), [[0, 1.5, 2]]);
const [candle] = await stored(base, 'candles', 'quest', 'BTC-USD', '&timeframe=1m&source=native');
assert.deepEqual([candle.ts, candle.volume], [start, 9]);

// What is refused is refused for good, and told.
await trade(1).at(start + 500, 'us');
await trade(NaN).at(start + 501, 'us');
await assert.rejects(sender.flush(), /statusCode=400, error=.*line 2: price: not_finite/);
assert.equal((await stored(base, 'trades', 'quest', 'BTC-USD')).length, 303);

await sender.close();
wire.close();
console.log('ok');
