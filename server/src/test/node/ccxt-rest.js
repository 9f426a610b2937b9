// ccxt over REST. Usage: node ccxt-rest.js http://host:port
import assert from 'node:assert/strict';
import ccxt from 'ccxt';

const [base] = process.argv.slice(2);
const exchange = new ccxt.binance({
  options: { fetchMarkets: ['spot'] },
  urls: { api: { public: `${base}/api/v3` } },
});

const markets = await exchange.loadMarkets();
assert.deepEqual(Object.keys(markets).sort(), ['BTC/USDT', 'ETH/BTC']);
const btc = markets['BTC/USDT'];
assert.equal(btc.spot, true);
assert.equal(btc.active, true);
assert.equal(btc.precision.price, 0.01);
assert.equal(btc.precision.amount, 0.00001);

assert.ok(Math.abs((await exchange.fetchTime()) - Date.now()) < 60_000);

// 25 minutes, read as bots do: on from the last candle, ten at a time.
const start = Date.parse('2024-03-01T12:00:00Z');
const candles = [];
const pages = [];
for (let since = start; ; since = candles.at(-1)[0] + 60_000) {
  const page = await exchange.fetchOHLCV('BTC/USDT', '1m', since, 10);
  if (page.length === 0) break;
  pages.push(page.length);
  candles.push(...page);
}
assert.deepEqual(pages, [10, 10, 5]);
assert.deepEqual(candles.map(([ts]) => (ts - start) / 60_000), [...Array(25).keys()]);
assert.deepEqual(candles[3], [start + 180_000, 3, 3.5, 3, 3.25, 1.5]);

const paged = await exchange.fetchOHLCV('BTC/USDT', '1m', start, 25, {
  paginate: true, maxEntriesPerRequest: 10, until: start + 24 * 60_000,
});
assert.deepEqual(paged, candles);

const latest = await exchange.fetchOHLCV('BTC/USDT', '5m', undefined, 2);
assert.deepEqual(latest.map(([ts]) => (ts - start) / 60_000), [15, 20]);

for (const fetchTradesMethod of ['publicGetAggTrades', 'publicGetTrades']) {
  const trades = await exchange.fetchTrades('BTC/USDT', undefined, 2, { fetchTradesMethod });
  assert.deepEqual(
    trades.map(({ id, price, amount, side, timestamp }) => ({ id, price, amount, side, timestamp })),
    [
      { id: '12', price: 63001, amount: 0.25, side: 'sell', timestamp: start + 1 },
      { id: '13', price: 63002, amount: 2, side: 'buy', timestamp: start + 1_000 },
    ],
  );
}
const since = await exchange.fetchTrades('BTC/USDT', start + 1_000, 10);
assert.deepEqual(since.map(({ id }) => id), ['13']);

const prices = await exchange.fetchLastPrices(['BTC/USDT']);
assert.equal(prices['BTC/USDT'].price, 63002);

const ticker = await exchange.fetchTicker('BTC/USDT');
assert.equal(ticker.symbol, 'BTC/USDT');
assert.equal(ticker.last, 63002);
assert.equal(ticker.bid, 63001.5);
assert.ok(Math.abs(ticker.timestamp - Date.now()) < 60_000);
const tickers = await exchange.fetchTickers();
assert.deepEqual(Object.keys(tickers).sort(), ['BTC/USDT', 'ETH/BTC']);
assert.equal((await exchange.fetchTickers(['BTC/USDT']))['BTC/USDT'].ask, 63002.5);
assert.equal((await exchange.fetchBidsAsks(['BTC/USDT']))['BTC/USDT'].bidVolume, 2);

// A market that ccxt believes in and the server does not have.
exchange.markets['BTC/USDT'].id = 'NOPE';
await assert.rejects(exchange.fetchOHLCV('BTC/USDT', '1m'), ccxt.BadSymbol);

console.log('ok');
