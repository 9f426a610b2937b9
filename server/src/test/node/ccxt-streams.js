// ccxt.pro over WebSocket. Usage: node ccxt-streams.js http://host:port
// It feeds the server itself: trades of ETHUSDT by POST /v1/trades.
import assert from 'node:assert/strict';
import ccxt from 'ccxt';
import { feed, minuteWithRoom } from './feed.js';

const [base] = process.argv.slice(2);
await minuteWithRoom();
await feed(base, 'ETHUSDT', 1, 100);
const exchange = new ccxt.pro.binance({
  options: { fetchMarkets: ['spot'] },
  urls: {
    api: { public: `${base}/api/v3`, ws: { spot: `${base.replace('http', 'ws')}/stream/ws` } },
  },
});
// ccxt refuses ws:// until it has loaded its HTTP agents.
await exchange.loadHttpProxyAgent();
await exchange.loadMarkets();

const minute = () => Math.floor(Date.now() / 60_000) * 60_000;
const candles = exchange.watchOHLCV('ETH/USDT', '1m');
const first = (await candles).at(-1);
assert.deepEqual(first, [minute(), 100, 100, 100, 100, 1]);

const trades = exchange.watchTrades('ETH/USDT');
// The subscription is on its way: what is fed before the server has it is no news.
await new Promise((resolve) => setTimeout(resolve, 1_000));
const update = exchange.watchOHLCV('ETH/USDT', '1m');
await feed(base, 'ETHUSDT', 2, 101.5);
const [trade] = await trades;
assert.equal(trade.id, '2');
assert.equal(trade.price, 101.5);
assert.equal(trade.amount, 1);
assert.equal(trade.side, 'sell');
assert.deepEqual((await update).at(-1), [minute(), 100, 101.5, 100, 101.5, 2]);

await exchange.close();
console.log('ok');
