// Indicators of the chart: which are chosen, what is drawn of them, and the sessions of plans behind the candles.
import {$, el, pairs, text} from './dom.js';
import {all, json} from './api.js';
import {before, follow, INDICATORS} from './candles.js';
import {brief, price} from './format.js';

const OFFERED = ['ema(20)', 'ema(50)', 'sma(200)', 'bbands(20,2)', 'vwap', 'supertrend(10,3)', 'psar(0.02,0.2)', 'ichimoku(9,26,52)',
  'rsi(14)', 'macd(12,26,9)', 'stoch(14,3,3)', 'adx(14)', 'atr(14)', 'obv'];
const OVER_PRICE = ['sma', 'ema', 'wma', 'hma', 'dema', 'tema', 'rma', 'vwma', 'vwap', 'bbands', 'keltner', 'donchian', 'highest', 'lowest',
  'psar', 'supertrend', 'ichimoku'];
const MOST = 8;
const STORED = 'candlewick.indicators';

const nameOf = (indicator) => indicator.split('(')[0];
const overPrice = (indicator) => OVER_PRICE.includes(nameOf(indicator));

let chosen = read();
let rows = new Map();
let columns = [];
let stop = () => {};
let shown = null;
let changed = () => {};

function read() {
  try {
    const list = JSON.parse(localStorage.getItem(STORED) ?? '[]');
    return Array.isArray(list) ? list.filter((one) => typeof one === 'string').slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function keep(list) {
  chosen = list.slice(0, MOST);
  try {
    localStorage.setItem(STORED, JSON.stringify(chosen));
  } catch {
    // A browser that keeps nothing still draws them.
  }
  offer();
  changed();
}

/** `redraw` is called whenever other indicators are chosen. */
export function startIndicators(redraw) {
  changed = redraw;
  $('indicator-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const asked = $('indicator-text').value.replaceAll(' ', '').toLowerCase();
    if (asked && !chosen.includes(asked)) keep([...chosen, asked]);
    $('indicator-text').value = '';
  });
  offer();
}

function offer() {
  const list = [...OFFERED, ...chosen.filter((one) => !OFFERED.includes(one))];
  const focused = document.activeElement?.dataset?.indicator;
  $('indicator-list').replaceChildren(...list.map((one) => el('li', {}, el('button', {
    type: 'button', 'aria-pressed': String(chosen.includes(one)), 'data-indicator': one,
    disabled: !chosen.includes(one) && chosen.length >= MOST,
    onclick: () => keep(chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]),
  }, one))));
  text($('indicator-count'), chosen.length ? String(chosen.length) : '');
  if (focused) $('indicator-list').querySelector(`[data-indicator="${CSS.escape(focused)}"]`)?.focus();
}

/** Follows the chosen ones of an instrument; a function that ends it. */
export function showIndicators(chart, query, digits, trouble) {
  stop();
  rows = new Map();
  columns = [];
  shown = {chart, query: {...query, indicators: chosen.join(',')}, digits};
  chart.lines([]);
  text($('indicator-trouble'), '');
  stop = () => {};
  if (chosen.length) {
    const mine = shown;
    stop = follow(shown.query, {
      rows: (news, whole) => mine === shown && take(news, whole),
      state: () => {},
      error: (error) => {
        text($('indicator-trouble'), error ? error.message : '');
        if (error?.status === 0) trouble(error);
      },
    }, INDICATORS);
  }
  return () => {
    stop();
    shown = null;
    pairs($('indicator-legend'), []);
  };
}

function take(news, whole) {
  if (whole) rows.clear();
  const last = Math.max(...rows.keys());
  for (const row of news) rows.set(row.ts, row);
  const first = rows.values().next().value;
  if (!first) return;
  const names = Object.keys(first).filter((name) => !['ts', 'close', 'closed'].includes(name));
  if (names.join() !== columns.join()) {
    columns = names;
    shown.chart.lines(columns.filter((name) => !name.endsWith('.direction')).map(lineOf), shown.digits());
  }
  const onlyNewest = !whole && news.every((row) => row.ts >= last);
  if (!onlyNewest || !news.every((row) => shown.chart.lineUpdate(row))) shown.chart.lineData(sorted());
  legendAt(null);
}

const sorted = () => [...rows.values()].sort((a, b) => a.ts - b.ts);

function lineOf(name) {
  const indicator = chosen.find((one) => name === one || name.startsWith(`${one}.`)) ?? name;
  const pane = overPrice(indicator) ? null : indicator;
  const kind = name.endsWith('.histogram') ? 'histogram' : nameOf(indicator) === 'psar' ? 'dots' : 'line';
  return {name, pane, kind};
}

/** Values of the candle at this time, of the newest one for null. */
export function legendAt(ts) {
  if (!shown || !rows.size) return;
  const row = ts === null ? rows.get(Math.max(...rows.keys())) : rows.get(ts);
  pairs($('indicator-legend'), row ? columns.map((name) => [name, valueOf(name, row[name])]) : []);
}

function valueOf(name, value) {
  if (value === null || value === undefined) return '–';
  const indicator = chosen.find((one) => name === one || name.startsWith(`${one}.`)) ?? name;
  return overPrice(indicator) && !name.endsWith('.direction') ? price(value, shown.digits()) : Math.abs(value) >= 1e6 ? brief(value) : value.toFixed(2);
}

/** What a screen reader is told of a candle beside its prices. */
export function saidAt(ts) {
  const row = rows.get(ts);
  return row && shown ? columns.map((name) => `, ${name} ${valueOf(name, row[name])}`).join('') : '';
}

/** Those before the oldest row. */
export async function olderIndicators() {
  if (!shown || !rows.size || !chosen.length) return;
  const mine = shown;
  const older = await before(mine.query, Math.min(...rows.keys()), INDICATORS);
  if (mine !== shown) return;
  older.forEach((row) => rows.set(row.ts, row));
  shown.chart.lineData(sorted());
}

const glob = (pattern) => new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);

/** The first plan that covers the instrument, or null. */
export async function planOf(instrument) {
  const {plans} = await json('/v1/plans');
  return plans.find((plan) => plan.instruments.some((one) => glob(one.venue).test(instrument.venue) && glob(one.symbol ?? '*').test(instrument.symbol))) ?? null;
}

/** Days of a plan that the server keeps: records of kind daily_features. */
export const daysOf = (plan, instrument) => all('/v1/records/daily_features', 'rows',
  {plan: plan.plan, venue: instrument.venue, symbol: instrument.symbol, from: Date.now() - 40 * 86400000});

/** Which session of a plan each time lies in, as {ts, name, index}. */
export function sessionsAt(plan, times) {
  const clock = new Intl.DateTimeFormat('en-GB', {timeZone: plan.timezone ?? 'UTC', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
  const sessions = plan.sessions ?? [];
  return times.flatMap((ts) => {
    const at = clock.format(ts);
    const index = sessions.findIndex(({from, to}) => (from < to ? at >= from && at < to : at >= from || at < to));
    return index < 0 ? [] : [{ts, name: sessions[index].name, index}];
  });
}
