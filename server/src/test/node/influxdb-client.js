// @influxdata/influxdb-client. Usage: node influxdb-client.js http://host:port
import assert from 'node:assert/strict';
import { HttpError, InfluxDB, Point } from '@influxdata/influxdb-client';
import { lossy, stored, until } from './lossy.js';

const [base] = process.argv.slice(2);
const wire = await lossy(base, ['busy', 'lost']);
const options = { minRetryDelay: 10, retryJitter: 1, defaultTags: { host: 'test' }, gzipThreshold: 100 };
const writer = new InfluxDB({ url: `http://${wire.host}`, token: 'any' })
  .getWriteApi('any', 'any', 'us', options);

const start = (Math.floor(Date.now() / 60_000) - 60) * 60_000_000;
const trade = (id, price) =>
  new Point('trades').tag('venue', 'influx').tag('symbol', 'BTC USD').tag('side', 'buy')
    .floatField('price', price).floatField('size', 0.5).timestamp(String(start + id));
for (let id = 1; id <= 300; id++) writer.writePoint(trade(id, 100 + id).intField('id', id));
// Known by their content: two trades of one moment and price are two, however often they are sent.
writer.writePoints([trade(400, 7), trade(400, 7), trade(400, 5)]);
writer.writePoint(
  new Point('quotes').tag('venue', 'influx').tag('symbol', 'BTC USD')
    .floatField('bid', 1.5).floatField('ask', 2).timestamp(String(start)));
writer.writePoint(
  new Point('candles-influx').tag('symbol', 'BTC USD').tag('interval', '1h').floatField('open', 1)
    .floatField('high', 3).floatField('low', 0.5).floatField('close', 2).floatField('volume', 9)
    .intField('trades', 12).booleanField('closed', true)
    .timestamp(String(Math.floor(start / 3_600_000_000 - 1) * 3_600_000_000)));
// The first attempt fails; the client tries again by itself until it has heard 204.
await assert.rejects(writer.flush(), { statusCode: 503 });
await until(() => wire.answered === 1);
assert.deepEqual(wire.statuses, [204, 204]);

const trades = await stored(base, 'trades', 'influx', 'BTC%20USD');
assert.equal(trades.length, 303);
assert.deepEqual(trades.slice(0, 300).map(({ id }) => id), [...Array(300).keys()].map((i) => i + 1));
assert.deepEqual(trades.slice(300).map(({ ts, price }) => [ts - start, price]), [[400, 7], [400, 7], [400, 5]]);
assert.deepEqual(trades[0], { ts: start + 1, price: 101, size: 0.5, side: 'buy', id: 1, flags: [] });
const quotes = await stored(base, 'quotes', 'influx', 'BTC%20USD');
assert.deepEqual(quotes.map(({ bid, ask }) => [bid, ask]), [[1.5, 2]]);
const [candle] = await stored(base, 'candles', 'influx', 'BTC%20USD', '&timeframe=1h&source=native');
assert.equal(candle.volume, 9);
assert.equal(candle.trades, 12);

// What is refused is refused for good, and told.
writer.writePoints([trade(500, 1), new Point('cpu').floatField('usage', 1).timestamp(String(start))]);
const refusal = await writer.flush(true).then(() => assert.fail('was taken'), (error) => error);
assert.ok(refusal instanceof HttpError);
assert.equal(refusal.statusCode, 400);
assert.equal(refusal.code, 'invalid');
assert.match(refusal.message, /^line 2: the measurement must begin with trades/);
assert.equal((await stored(base, 'trades', 'influx', 'BTC%20USD')).length, 303);

await writer.close();
wire.close();
console.log('ok');
