// Paging loops as users write them, over holes and over many trades of one millisecond, and errors as each client
// tells them. Usage: node paging.js http://host:port
// It feeds the server itself: PAGEUSDT with integer ids, TEXTUSDT with UUIDs.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Spot, WebsocketStream } from '@binance/connector';
import binanceApiNode from 'binance-api-node';
import ccxt from 'ccxt';

const [base] = process.argv.slice(2);
const MINUTE = 60_000;
const start = Math.floor(Date.now() / MINUTE) * MINUTE - 3_000 * MINUTE;

async function take(symbol, rows) {
  const response = await fetch(`${base}/v1/trades`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ venue: 'binance', symbol, rows }),
  });
  assert.equal(response.status, 200, await response.text());
}

// Minutes 0-4 and 2000-2004; 1,500 trades of one millisecond in minute 2005.
const minutes = [0, 1, 2, 3, 4, 2000, 2001, 2002, 2003, 2004];
const burst = start + 2_005 * MINUTE + 7;
const trade = (ts, id) => ({ ts, price: 100 + (id % 7), size: 1, side: 'buy', id });
const ids = [...Array(1_510).keys()].map((i) => 1_000 + i);
await take('PAGEUSDT', ids.map((id, i) => trade(i < 10 ? start + minutes[i] * MINUTE : burst, id)));
await take('TEXTUSDT', [...Array(20)].map(() => ({ ...trade(burst, 1), id: randomUUID() })));

const candleMinutes = [...minutes, 2005];
const oddly = { timeout: 10_000 };

async function withCcxt() {
  const exchange = new ccxt.binance({
    options: { fetchMarkets: ['spot'] },
    urls: { api: { public: `${base}/api/v3` } },
    ...oddly,
  });
  await exchange.loadMarkets();
  const candles = [];
  for (let since = start; ; since = candles.at(-1)[0] + 1) {
    const page = await exchange.fetchOHLCV('PAGE/USDT', '1m', since, 3);
    if (page.length === 0) break;
    candles.push(...page);
  }
  assert.deepEqual(candles.map(([ts]) => (ts - start) / MINUTE), candleMinutes);

  const seen = [];
  for (let fromId = 0; ; fromId = seen.at(-1) + 1) {
    const page = await exchange.fetchTrades('PAGE/USDT', undefined, 1_000, { fromId });
    if (page.length === 0) break;
    seen.push(...page.map(({ id }) => Number(id)));
  }
  assert.deepEqual(seen, ids);

  const texts = await exchange.fetchTrades('TEXT/USDT', burst, 1_000);
  assert.equal(new Set(texts.map(({ id }) => id)).size, 20);
  assert.ok(texts.every(({ id }) => Number.isSafeInteger(Number(id)) && Number(id) >= 0));

  const fails = (call, type) => assert.rejects(call, (error) => error instanceof type);
  await fails(exchange.publicGetKlines({ symbol: 'NOPE', interval: '1m' }), ccxt.BadSymbol);
  await fails(exchange.publicGetKlines({ symbol: 'PAGEUSDT', interval: '7m' }), ccxt.BadRequest);
  await fails(exchange.publicGetKlines({ symbol: 'PAGEUSDT', interval: '1m', limit: 'x' }), ccxt.BadRequest);
  await fails(exchange.publicGetAvgPrice({ symbol: 'PAGEUSDT' }), ccxt.BadRequest);
  await fails(exchange.publicGetTickerTradingDay({ symbol: 'PAGEUSDT' }), ccxt.BadRequest);
}

async function withBinanceApiNode() {
  const Binance = binanceApiNode.default ?? binanceApiNode;
  const client = Binance({ httpBase: base, apiKey: 'none' });
  for (const [call, key] of [[client.aggTrades, 'aggId'], [client.tradesHistory, 'id']]) {
    const seen = [];
    for (let fromId = 1; ; fromId = seen.at(-1) + 1) {
      const page = await call({ symbol: 'PAGEUSDT', limit: 700, fromId });
      if (page.length === 0) break;
      seen.push(...page.map((row) => row[key]));
    }
    assert.deepEqual(seen, ids);
  }
  await assert.rejects(client.trades({ symbol: 'NOPE' }), (error) => error.code === -1121);
  await assert.rejects(client.avgPrice({ symbol: 'PAGEUSDT' }), (error) => error.code === -1020);
  await assert.rejects(
    client.aggTrades({ symbol: 'PAGEUSDT', fromId: 1, startTime: start }),
    (error) => error.code === -1128,
  );
}

async function withConnector() {
  const client = new Spot('none', '', { baseURL: base, timeout: 10_000 });
  const candles = [];
  for (let startTime = start; ; startTime = candles.at(-1)[0] + 1) {
    const { data } = await client.klines('PAGEUSDT', '1m', { startTime, limit: 4 });
    if (data.length === 0) break;
    candles.push(...data);
  }
  assert.deepEqual(candles.map(([ts]) => (ts - start) / MINUTE), candleMinutes);
  assert.ok(candles.every((candle) => candle[10] === candle[7]));

  const seen = [];
  for (let fromId = 1_000; ; fromId = seen.at(-1) + 1) {
    const { data } = await client.historicalTrades('PAGEUSDT', { fromId, limit: 1_000 });
    if (data.length === 0) break;
    seen.push(...data.map(({ id }) => id));
  }
  assert.deepEqual(seen, ids);

  const fine = await client.aggTrades('PAGEUSDT', { fromId: 2_000, limit: 1, timeUnit: 'microsecond' });
  assert.equal(fine.data[0].T, burst * 1_000);
  const { data: info } = await client.exchangeInfo({ symbols: ['PAGEUSDT', 'TEXTUSDT'] });
  assert.deepEqual(info.symbols.map(({ symbol }) => symbol).sort(), ['PAGEUSDT', 'TEXTUSDT']);

  const refused = (call, status, code) =>
    assert.rejects(call, ({ response }) => response.status === status && response.data.code === code);
  await refused(client.klines('NOPE', '1m'), 400, -1121);
  await refused(client.klines('PAGEUSDT', '1m', { limit: 0, startTime: 'x' }), 400, -1100);
  await refused(client.avgPrice('PAGEUSDT'), 404, -1020);

  const heard = [];
  const silent = { debug() {}, info() {}, log() {}, warn() {}, error() {} };
  const opened = {};
  opened.promise = new Promise((resolve) => (opened.resolve = resolve));
  const answered = {};
  answered.promise = new Promise((resolve) => (answered.resolve = resolve));
  const streams = new WebsocketStream({
    wsURL: base.replace('http', 'ws'),
    logger: silent,
    callbacks: {
      open: () => opened.resolve(),
      message: (text) => {
        heard.push(JSON.parse(text));
        if (heard.length === 2) answered.resolve();
      },
    },
  });
  streams.subscribe('pageusdt@trade');
  await opened.promise;
  streams.subscribe('pageusdt@trad');
  streams.subscribe('pageusdt@aggTrade');
  await answered.promise;
  streams.disconnect();
  assert.ok(heard.some(({ code, msg }) => code === 2 && msg.startsWith('Invalid request: unknown stream')));
  assert.ok(heard.some(({ result }) => result === null));
}

await withCcxt();
await withBinanceApiNode();
await withConnector();
console.log('ok');
process.exit(0);
