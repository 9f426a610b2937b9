// All instruments with their newest rows: made once, then only changed cells are touched.
import {$, el, text} from './dom.js';
import {every, json} from './api.js';
import {brief, count, digitsOf, duration, price, time} from './format.js';
import {instruments, matching, nameOf} from './instruments.js';

const COLUMNS = [
  ['symbol', 'Symbol', '', (row) => row.symbol],
  ['venue', 'Venue', '', (row) => row.venue],
  ['last', 'Last price', 'n', (row) => row.last],
  ['bid', 'Bid', 'n', (row) => row.bid],
  ['ask', 'Ask', 'n', (row) => row.ask],
  ['rate', 'Trades a minute', 'n', (row) => row.rate],
  ['volume', 'Volume this minute', 'n', (row) => row.volume],
  ['age', 'Age', 'n', (row) => row.ts === null ? null : -row.ts],
];

let rows = new Map();
let order = {column: 'rate', down: true};

export function startInstruments() {
  $('instruments-table').tHead.append(el('tr', {}, ...COLUMNS.map(([id, title, kind]) => el('th', {scope: 'col', class: kind, 'data-column': id},
    el('button', {type: 'button', onclick: () => sortBy(id)}, title)))));
  $('instruments-filter').addEventListener('input', filter);
}

export function showInstruments() {
  document.title = 'Instruments · Candlewick';
  const stopRead = every(5000, read);
  const ageing = setInterval(() => rows.forEach(age), 1000);
  return () => {
    stopRead();
    clearInterval(ageing);
  };
}

async function read(signal) {
  const {latest} = await json('/v1/latest', {}, signal);
  let all = await instruments();
  if (latest.some((one) => !rows.has(nameOf(one))) || all.length !== rows.size) {
    all = await instruments(true);
    all.forEach((instrument) => rows.has(nameOf(instrument)) || rows.set(nameOf(instrument), rowOf(instrument)));
    latest.forEach(change);
    sort();
    filter();
  } else {
    latest.forEach(change);
    // Not under a hand that is about to press.
    if (!$('instruments-table').matches(':hover, :focus-within')) sort();
  }
}

function rowOf(instrument) {
  const link = el('a', {href: `#/chart?${new URLSearchParams({venue: instrument.venue, symbol: instrument.symbol})}`}, instrument.symbol);
  const cells = {};
  for (const [id, , kind] of COLUMNS.slice(2)) cells[id] = el('td', {class: kind}, '–');
  const element = el('tr', {}, el('th', {scope: 'row', title: instrument.name}, link), el('td', {}, instrument.venue), ...Object.values(cells));
  return {instrument, venue: instrument.venue, symbol: instrument.symbol, element, cells, last: null, bid: null, ask: null, rate: null, volume: null, ts: null};
}

function change(newest) {
  const row = rows.get(nameOf(newest));
  if (!row) return;
  const {trade, quote, candle} = newest;
  const before = row.last;
  row.last = trade?.price ?? quote?.last ?? candle?.close ?? null;
  row.bid = quote?.bid ?? null;
  row.ask = quote?.ask ?? null;
  // The minute's trades over the part of it that has passed.
  row.rate = candle ? (candle.trades ?? 0) / Math.max(1 / 12, (Date.now() - candle.ts) / 60000) : 0;
  row.volume = candle?.volume ?? 0;
  row.ts = Math.max(trade?.ts ?? 0, quote?.ts ?? 0, candle?.ts ?? 0) || null;
  const digits = digitsOf(row.instrument.tick_size, [row.last, row.bid, row.ask]);
  text(row.cells.last, price(row.last, digits));
  text(row.cells.bid, price(row.bid, digits));
  text(row.cells.ask, price(row.ask, digits));
  text(row.cells.rate, row.rate ? brief(row.rate) : '–');
  text(row.cells.volume, row.volume ? brief(row.volume) : '–');
  row.cells.last.className = `n ${before === null || row.last === before ? '' : row.last > before ? 'up' : 'down'}`;
  age(row);
}

function age(row) {
  text(row.cells.age, row.ts === null ? '–' : duration(Date.now() - row.ts));
  if (row.ts !== null) row.cells.age.title = time(row.ts);
  row.element.classList.toggle('stale', row.ts === null || Date.now() - row.ts > 300000);
}

function sortBy(column) {
  order = {column, down: order.column === column ? !order.down : !['symbol', 'venue', 'age'].includes(column)};
  sort();
}

function sort() {
  const of = COLUMNS.find(([id]) => id === order.column)[3];
  const sign = order.down ? -1 : 1;
  const compare = (a, b) => {
    const [x, y] = [of(a), of(b)];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return sign * (typeof x === 'string' ? x.localeCompare(y) : x - y) || a.symbol.localeCompare(b.symbol);
  };
  const sorted = [...rows.values()].sort(compare).map((row) => row.element);
  const body = $('instruments-table').tBodies[0];
  // Moving rows would take the focus away from a link in one of them.
  if (sorted.length !== body.rows.length || sorted.some((element, i) => body.rows[i] !== element)) {
    const focused = document.activeElement;
    body.replaceChildren(...sorted);
    if (body.contains(focused)) focused.focus({preventScroll: true});
  }
  for (const head of $('instruments-table').tHead.rows[0].cells) {
    const sorts = head.dataset.column === order.column;
    head.setAttribute('aria-sort', sorts ? (order.down ? 'descending' : 'ascending') : 'none');
  }
}

function filter() {
  const words = $('instruments-filter').value;
  const shown = new Set(matching([...rows.values()].map((row) => row.instrument), words).map(nameOf));
  rows.forEach((row, name) => {
    row.element.hidden = !shown.has(name);
  });
  text($('instruments-count'), words ? `${count(shown.size)} of ${count(rows.size)}` : `${count(rows.size)} instruments`);
}
