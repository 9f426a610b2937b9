// binance-api-node over REST. Usage: node binance-api-node-rest.js http://host:port
import assert from 'node:assert/strict';
import binanceApiNode from 'binance-api-node';

const [base] = process.argv.slice(2);
const Binance = binanceApiNode.default ?? binanceApiNode;
const client = Binance({ httpBase: base });

assert.equal(await client.ping(), true);
assert.ok(Math.abs((await client.time()) - Date.now()) < 60_000);

const { symbols } = await client.exchangeInfo();
assert.deepEqual(symbols.map(({ symbol }) => symbol), ['BTCUSDT', 'ETHBTC']);

const start = Date.parse('2024-03-01T12:00:00Z');
const candles = await client.candles({ symbol: 'BTCUSDT', interval: '1m', startTime: start, limit: 3 });
assert.deepEqual(candles.map(({ openTime }) => (openTime - start) / 60_000), [0, 1, 2]);
assert.deepEqual(candles[2], {
  openTime: start + 120_000, open: '2.00000000', high: '2.50000000', low: '2.00000000',
  close: '2.25000000', volume: '1.50000000', closeTime: start + 179_999,
  quoteVolume: '3.00000000', trades: 7, baseAssetVolume: '0.50000000', quoteAssetVolume: '0',
});

const trades = await client.trades({ symbol: 'BTCUSDT', limit: 2 });
assert.deepEqual(trades.map(({ id }) => id), [12, 13]);
const aggregates = await client.aggTrades({ symbol: 'BTCUSDT', limit: 2 });
assert.deepEqual(aggregates.map(({ aggId }) => aggId), [12, 13]);
const prices = await client.prices({ symbol: 'BTCUSDT' });
assert.equal(prices.BTCUSDT, '63002.00000000');
await assert.rejects(
  client.candles({ symbol: 'NOPE', interval: '1m' }),
  (error) => error.code === -1121,
);

console.log('ok');
