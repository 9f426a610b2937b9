// binance-api-node over WebSocket. Usage: node binance-api-node-streams.js http://host:port
// It feeds the server itself: trades of SOLUSDT by POST /v1/trades.
import assert from 'node:assert/strict';
import binanceApiNode from 'binance-api-node';
import { feed, minuteWithRoom } from './feed.js';

const [base] = process.argv.slice(2);
await minuteWithRoom();
await feed(base, 'SOLUSDT', 11, 200);
const Binance = binanceApiNode.default ?? binanceApiNode;
const client = Binance({ httpBase: base, wsBase: `${base.replace('http', 'ws')}/ws` });

const trades = [];
const stopTrades = client.ws.trades(['SOLUSDT'], (trade) => trades.push(trade));
const aggregates = [];
const stopAggregates = client.ws.aggTrades(['SOLUSDT'], (trade) => aggregates.push(trade));
const candles = [];
const stopCandles = client.ws.candles('SOLUSDT', '1m', (candle) => candles.push(candle));

async function until(what, holds) {
  const end = Date.now() + 80_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

await until('the forming candle', () => candles.length > 0);
assert.equal(candles[0].isFinal, false);
await new Promise((resolve) => setTimeout(resolve, 1_000));
await feed(base, 'SOLUSDT', 12, 201);
await until('the trade', () => trades.length > 0 && aggregates.length > 0);
assert.equal(trades[0].tradeId, 12);
assert.equal(trades[0].price, '201.00000000');
assert.equal(trades[0].isBuyerMaker, true);
assert.equal(aggregates[0].aggId, 12);

// The candle closes by the clock: once, with everything in it, a second after its end.
await until('the closed candle', () => candles.some(({ isFinal }) => isFinal));
const closed = candles.filter(({ isFinal }) => isFinal);
assert.equal(closed.length, 1);
assert.equal(closed[0].close, '201.00000000');
assert.ok(Date.now() >= closed[0].closeTime + 1_000);

stopTrades();
stopAggregates();
stopCandles();
console.log('ok');
setTimeout(() => process.exit(0), 500);
