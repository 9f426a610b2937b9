// The view of one instrument: what is drawn, said and listed of it.
import {$, el, pairs, text} from './dom.js';
import {every, json, trouble} from './api.js';
import {before, CandleSet, follow, secondsOf} from './candles.js';
import {Chart, MOST_GAP_SLOTS} from './chart.js';
import {showCoverage} from './coverage.js';
import {brief, count, digitsOf, percent, price, time} from './format.js';
import {instruments, nameOf} from './instruments.js';
import {daysOf, legendAt, olderIndicators, planOf, saidAt, sessionsAt, showIndicators, startIndicators} from './indicators.js';
import {startPicker} from './picker.js';

const TIMEFRAMES = ['1s', '1m', '5m', '15m', '1h', '4h', '1d', '1w'];
const SHOWN = 140;
const LISTED = 100;
const STATES = {live: 'live', polling: 'polled every 2 s', waiting: 'connecting again'};

let chart;
let picker;
let set = new CandleSet();
let shown = {instrument: null, timeframe: '1m', digits: 2};
let pointed = null;
let stops = [];
let frame = 0;
// Whether there may be older candles than those shown, and nobody is reading them yet.
let olderWanted = false;
let stopIndicators = () => {};
let plan = null;

export function startChart(go) {
  picker = startPicker((instrument) => go({venue: instrument.venue, symbol: instrument.symbol}));
  $('timeframes').append(...TIMEFRAMES.map((timeframe) => el('label', {},
    el('input', {type: 'radio', name: 'timeframe', value: timeframe, onchange: () => go({timeframe})}), el('span', {}, timeframe))));
  $('plot').addEventListener('keydown', onKey);
  $('plot').addEventListener('blur', () => {
    pointed = null;
    chart?.leave();
  });
  $('rows').addEventListener('toggle', list);
  startIndicators(() => {
    if (stops.length) indicators();
  });
}

/** Shows what the address names; without a name, the first instrument there is. */
export async function showChart(address, go) {
  const named = (one) => one.venue === address.get('venue') && one.symbol === address.get('symbol');
  let all = await instruments();
  if (!all.some(named)) all = await instruments(true);
  const found = all.find(named);
  if (!found && all.length > 0) {
    const first = (await trading(all)) ?? all[0];
    go({venue: first.venue, symbol: first.symbol}, true);
    return hideChart;
  }
  const timeframe = TIMEFRAMES.includes(address.get('timeframe')) ? address.get('timeframe') : '1m';
  for (const radio of document.querySelectorAll('input[name=timeframe]')) radio.checked = radio.value === timeframe;
  if (!found) {
    stops = [every(2000, () => instruments(true).then((list) => list.length && go({})))];
    empty('No data yet. Send trades to /v1/ingest or POST /v1/trades; see API.');
    return hideChart;
  }
  begin(found, timeframe);
  return hideChart;
}

/** The first by name that traded within the minute of the newest trade: the same each time. */
async function trading(all) {
  const {latest} = await json('/v1/latest');
  const traded = latest.filter((one) => one.trade);
  const since = Math.max(...traded.map((one) => one.trade.ts)) - 60_000;
  const names = new Set(traded.filter((one) => one.trade.ts >= since).map(nameOf));
  return all.find((one) => names.has(nameOf(one)));
}

function begin(instrument, timeframe) {
  chart ??= new Chart($('plot'), hover, readOlder);
  olderWanted = false;
  const query = {venue: instrument.venue, symbol: instrument.symbol, timeframe};
  shown = {instrument, timeframe, digits: 2, query};
  set = new CandleSet();
  picker.show(instrument);
  text($('chart-title'), instrument.symbol);
  document.title = `${instrument.symbol} ${timeframe} · Candlewick`;
  chart.set([], []);
  chart.seconds(timeframe.endsWith('s'));
  empty('Reading…');
  stops = [
    follow(query, {rows: take, state: live, error: trouble}),
    every(2000, (signal) => quote(instrument, signal)),
    showCoverage(instrument),
    () => stopIndicators(),
  ];
  plan = null;
  chart.sessions([]);
  chart.ranges([]);
  indicators();
  readPlan(instrument);
}

function indicators() {
  stopIndicators();
  stopIndicators = showIndicators(chart, shown.query, () => shown.digits, trouble);
}

/** Sessions and opening ranges, where a plan covers the instrument and candles are short enough to lie in one. */
async function readPlan(instrument) {
  const mine = shown;
  pairs($('plan-legend'), []);
  if (secondsOf(shown.timeframe) > 14400) return;
  try {
    const found = await planOf(instrument);
    if (!found || mine !== shown) return;
    const days = await daysOf(found, instrument).catch(() => []);
    if (mine !== shown) return;
    plan = {found, days};
    drawPlan();
  } catch {
    // A server that keeps no plans draws none.
  }
}

function drawPlan() {
  if (!plan) return;
  const times = set.list.map((row) => row.ts);
  const sessions = sessionsAt(plan.found, times);
  chart.sessions(sessions);
  chart.ranges((plan.found.opening_ranges ?? []).map((range) => plan.days.flatMap((day, i) => {
    const end = plan.days[i + 1]?.ts ?? day.ts + 86400000;
    const high = day[`${range.name}_high`];
    const low = day[`${range.name}_low`];
    const within = sessionsAt({timezone: plan.found.timezone, sessions: [{name: '', from: range.at, to: range.until ?? plan.found.day_start ?? '00:00'}]},
      times.filter((ts) => ts >= day.ts && ts < end)).map((one) => one.ts);
    return high === null || high === undefined || !within.length ? [] : [{times: within, high, low}];
  })));
  const names = (plan.found.sessions ?? []).map((session, i) => [el('span', {class: `mark session s${i % 4 + 1}`, 'aria-hidden': 'true'}), `${session.name} ${session.from}–${session.to}`]);
  pairs($('plan-legend'), [['Plan', plan.found.plan, ''], ...names.map(([mark, words]) => [mark, words, ''])]);
}

function hideChart() {
  stops.forEach((stop) => stop());
  stops = [];
  pointed = null;
  live('');
}

function empty(words) {
  $('plot-empty').hidden = !words;
  text($('plot-empty'), words);
}

function live(word) {
  $('live').dataset.state = word;
  text($('live'), STATES[word] ?? '');
}

function take(rows, whole) {
  const seconds = secondsOf(shown.timeframe);
  const last = set.list.at(-1);
  set.put(rows, whole);
  const newest = set.list.at(-1);
  empty(newest ? '' : 'Nothing in this timeframe yet.');
  if (!newest) return;
  const digits = digitsOf(shown.instrument.tick_size, rows.flatMap((row) => [row.open, row.high, row.low, row.close]));
  if (whole || !last || digits > shown.digits) {
    shown.digits = digits;
    chart.format(shown.digits);
  }
  const onlyNewest = !whole && last && rows.every((row) => row.ts >= last.ts);
  const drawn = onlyNewest && [...rows].sort((a, b) => a.ts - b.ts).every((row) => chart.update(row, seconds));
  if (!drawn) draw();
  if (!last) {
    chart.showNewest(SHOWN);
    olderWanted = true;
  }
  // Many changes may come between two frames; one look at them is enough.
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(say);
}

function draw() {
  chart.set(set.list, set.gaps(secondsOf(shown.timeframe), MOST_GAP_SLOTS));
  drawPlan();
  const row = pointed === null ? null : set.list.find((one) => one.ts === pointed);
  if (row) chart.point(row);
}

async function readOlder() {
  if (!olderWanted || set.isFull) return;
  olderWanted = false;
  const mine = shown;
  try {
    const rows = await before(mine.query, set.list[0].ts);
    if (mine !== shown || rows.length === 0) return;
    set.put(rows, false);
    draw();
    olderIndicators().catch(trouble);
    olderWanted = true;
    summary();
  } catch (error) {
    trouble(error);
  }
}

function say() {
  const newest = set.list.at(-1);
  if (!newest) return;
  text($('last'), price(newest.close, shown.digits));
  const since = set.list.findLast((row) => row.ts <= newest.ts - 86400000) ?? set.list[0];
  const change = since.open ? newest.close / since.open - 1 : 0;
  text($('change'), `${percent(change)} since ${time(since.ts)}`);
  $('change').className = change >= 0 ? 'up' : 'down';
  if (!pointed) legend(newest);
  summary();
  list();
}

function summary() {
  const rows = set.list;
  const low = rows.reduce((least, row) => Math.min(least, row.low), Infinity);
  const high = rows.reduce((most, row) => Math.max(most, row.high), -Infinity);
  const gaps = new Set(set.gaps(secondsOf(shown.timeframe), 1).map((gap) => gap.from)).size;
  $('plot').setAttribute('aria-label', `${nameOf(shown.instrument)}, ${rows.length} candles of ${shown.timeframe}, from `
    + `${time(rows[0].ts)} to ${time(rows.at(-1).ts)} UTC, between ${price(low, shown.digits)} and ${price(high, shown.digits)}, ${gaps} gaps`);
}

function legend(row) {
  const p = (value) => price(value, shown.digits);
  pairs($('legend'), [
    ['UTC', time(row.ts), 'when'], ['O', p(row.open)], ['H', p(row.high)], ['L', p(row.low)], ['C', p(row.close), row.close >= row.open ? 'up' : 'down'],
    ['Vol', brief(row.volume)], ['VWAP', p(row.vwap), 'more'], ['Trades', count(row.trades), 'more'],
    [row.source ?? '', row.closed ? 'closed' : 'forming', row.closed ? '' : 'forming'],
  ]);
}

function hover(ts) {
  if (ts === null) {
    if (set.list.length && !pointed) legend(set.list.at(-1));
    legendAt(null);
    return;
  }
  const gap = chart.gapAt(ts);
  if (gap) {
    pairs($('legend'), [['Gap', `${count(gap.missing)} candles missing`], ['from', time(gap.from)], ['to', time(gap.to)]]);
    return;
  }
  const row = set.list.find((one) => one.ts === ts);
  if (row) legend(row);
  legendAt(ts);
}

function onKey(event) {
  const rows = set.list;
  const at = pointed === null ? rows.length - 1 : rows.findIndex((row) => row.ts === pointed);
  const moves = {ArrowLeft: pointed === null ? at : at - 1, ArrowRight: at + 1, Home: 0, End: rows.length - 1, PageUp: at - 20, PageDown: at + 20};
  if (event.key in moves && rows.length && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    const row = rows[Math.max(0, Math.min(rows.length - 1, moves[event.key]))];
    pointed = row.ts;
    chart.point(row);
    legend(row);
    legendAt(row.ts);
    text($('plot-said'), `${time(row.ts)}, open ${price(row.open, shown.digits)}, high ${price(row.high, shown.digits)}, low `
      + `${price(row.low, shown.digits)}, close ${price(row.close, shown.digits)}, volume ${brief(row.volume)}, ${row.source}, ${row.closed ? 'closed' : 'forming'}${saidAt(row.ts)}`);
  } else if (event.key === '+' || event.key === '=') {
    chart.zoom(0.7);
  } else if (event.key === '-') {
    chart.zoom(1.4);
  } else if (event.key === 'Escape') {
    pointed = null;
    chart.leave();
  }
}

function list() {
  if (!$('rows').open) return;
  const p = (value) => price(value, shown.digits);
  $('rows-body').replaceChildren(...set.list.slice(-LISTED).reverse().map((row) => el('tr', {},
    el('th', {scope: 'row'}, time(row.ts)), ...[row.open, row.high, row.low, row.close].map((value) => el('td', {class: 'n'}, p(value))),
    el('td', {class: 'n'}, brief(row.volume)), el('td', {class: 'n'}, count(row.trades)), el('td', {}, row.source), el('td', {}, row.closed ? 'closed' : 'forming'))));
}

async function quote(instrument, signal) {
  const {latest: [newest]} = await json('/v1/latest', {venue: instrument.venue, symbol: instrument.symbol}, signal);
  const q = newest?.quote;
  const size = (value) => (value === null ? '' : ` × ${brief(value)}`);
  pairs($('bid-ask'), q ? [
    ['Bid', price(q.bid, shown.digits) + size(q.bid_size)], ['Ask', price(q.ask, shown.digits) + size(q.ask_size)],
    ...(q.bid !== null && q.ask !== null ? [['Spread', price(q.ask - q.bid, shown.digits)]] : []),
  ] : []);
}
