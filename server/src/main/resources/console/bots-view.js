// A bot: its state, what it holds, how its equity went, and what its closed trades come to.
import {$, el, pairs, text} from './dom.js';
import {every, json} from './api.js';
import {count, duration, price, time} from './format.js';

const SVG = 'http://www.w3.org/2000/svg';
const OPEN_ORDERS = ['pending', 'submitted', 'partially_filled'];
const OPEN_POSITIONS = ['open', 'partially_closed'];
const WINDOWS = [['24 hours', '1d'], ['7 days', '7d'], ['30 days', '30d'], ['Last 50 trades', '50'], ['All', null]];
const WIDTH = 1000;
const HEIGHT = 220;

export function showBots(parameters) {
  const wanted = parameters.get('bot');
  document.title = `${wanted ?? 'Bots'} · Candlewick`;
  return every(3000, (signal) => read(wanted, signal));
}

const rowsOf = async (kind, query, signal) => (await json(`/v1/records/${kind}?${new URLSearchParams(query)}`, {}, signal)).rows;

async function read(wanted, signal) {
  const bots = await rowsOf('bots', [['latest', 'true'], ['limit', 1000]], signal);
  const bot = bots.find((each) => each.bot === wanted) ?? bots[0];
  $('bots-list').replaceChildren(...bots.map((each) => el('li', {}, el('a', {href: `#/bots?bot=${encodeURIComponent(each.bot)}`,
    class: 'chip', 'aria-current': each === bot ? 'page' : null}, each.name ?? each.bot))));
  $('bots-none').hidden = bots.length > 0;
  $('bot').hidden = !bot;
  if (!bot) return;
  const of = (kind, ...more) => rowsOf(kind, [['bot', bot.bot], ...more], signal);
  const [positions, orders, balances, journal, figures] = await Promise.all([
    of('positions', ['latest', 'true'], ...OPEN_POSITIONS.map((status) => ['status', status])),
    of('orders', ['latest', 'true'], ...OPEN_ORDERS.map((status) => ['status', status])),
    of('balances', ['limit', 2000], ['columns', 'account,currency,equity']), of('journal', ['latest', 'true'], ['order', 'desc'], ['limit', 50]),
    Promise.all(WINDOWS.map(([, window]) => json('/v1/performance', {bot: bot.bot, window}, signal)))]);
  drawState(bot, positions);
  drawCurve(equityOf(balances.filter((row) => row.equity !== null)));
  drawPositions(positions);
  drawOrders(orders);
  drawPerformance(figures);
  drawJournal(journal);
}

function drawState(bot, positions) {
  const silent = Date.now() - (bot.last_heartbeat ?? bot.ts);
  text($('bot-name'), bot.name ?? bot.bot);
  pairs($('bot-state'), [['Status', bot.status ?? '–'], ['Heartbeat', `${duration(silent)} ago`, silent > 60000 ? 'down' : null],
    ['Strategy', bot.strategy ?? '–'], ['Mode', bot.deployment_mode ?? '–'], ['Account', bot.account ?? '–'],
    ['Equity', price(bot.current_equity, 2)], ['Open positions', count(positions.length)]]);
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

/** The sum over the accounts of the newest row's currency, from when each of them is known. */
function equityOf(balances) {
  const rows = balances.filter((row) => row.currency === balances[balances.length - 1].currency);
  const accounts = new Set(rows.map((row) => row.account));
  const held = new Map();
  const sums = new Map();
  for (const row of rows) {
    held.set(row.account, row.equity);
    if (held.size === accounts.size) sums.set(row.ts, [...held.values()].reduce((sum, equity) => sum + equity, 0));
  }
  return [...sums].map(([ts, equity]) => ({ts, equity}));
}

/** Equity as a line, the fall below its peak as an area that hangs from the top. */
function drawCurve(rows) {
  const equity = rows.map((row) => row.equity);
  $('bot-curve').hidden = rows.length < 2;
  if (rows.length < 2) return;
  const [first, last] = [rows[0].ts, rows[rows.length - 1].ts];
  const [low, high] = [Math.min(...equity), Math.max(...equity)];
  const x = (row) => ((row.ts - first) / Math.max(1, last - first)) * WIDTH;
  const y = (value) => HEIGHT - 12 - ((value - low) / Math.max(1e-9, high - low)) * (HEIGHT - 24);
  let peak = -Infinity;
  let deepest = 0;
  const falls = rows.map((row) => {
    peak = Math.max(peak, row.equity);
    deepest = Math.max(deepest, peak - row.equity);
    return peak - row.equity;
  });
  const line = rows.map((row, i) => `${i ? 'L' : 'M'}${x(row).toFixed(1)} ${y(row.equity).toFixed(1)}`).join('');
  const depth = (fall) => (fall / Math.max(1e-9, high - low)) * (HEIGHT - 24);
  const area = `M0 0${rows.map((row, i) => `L${x(row).toFixed(1)} ${depth(falls[i]).toFixed(1)}`).join('')}L${WIDTH} 0Z`;
  $('bot-plot').replaceChildren(shape('path', {d: area, class: 'fall'}), shape('path', {d: line, class: 'line'}));
  $('bot-plot').setAttribute('aria-label', `Equity from ${price(equity[0], 2)} to ${price(equity[equity.length - 1], 2)}`);
  pairs($('bot-range'), [['From', time(first)], ['Lowest', price(low, 2)], ['Highest', price(high, 2)], ['Deepest fall', price(deepest, 2), 'down'],
    ['Now', price(equity[equity.length - 1], 2)]]);
}

const none = (columns, said) => [el('tr', {}, el('td', {colspan: columns, class: 'hint'}, said))];
const n = (value, kind = '') => el('td', {class: `n ${kind}`}, value);
const sign = (value) => (value > 0 ? 'up' : value < 0 ? 'down' : '');
const money = (value) => n(price(value, 2), sign(value));

function drawPositions(rows) {
  $('bot-positions').replaceChildren(...(rows.length ? rows.map((row) => el('tr', {}, el('th', {scope: 'row'}, `${row.symbol ?? '–'} ${row.venue ?? ''}`),
    el('td', {}, row.side ?? '–'), n(String(row.quantity ?? '–')), n(String(row.avg_entry_price ?? '–')), n(String(row.current_price ?? '–')),
    money(row.unrealized_pnl), el('td', {}, row.opened_at ? time(row.opened_at) : '–'))) : none(7, 'No open position.')));
}

function drawOrders(rows) {
  $('bot-orders').replaceChildren(...(rows.length ? rows.map((row) => el('tr', {}, el('th', {scope: 'row'}, row.order_id), el('td', {}, row.symbol ?? '–'),
    el('td', {}, row.side ?? '–'), el('td', {}, row.order_type ?? '–'), n(String(row.quantity ?? '–')), n(String(row.price ?? '–')),
    el('td', {}, (row.status ?? '–').replaceAll('_', ' ')))) : none(7, 'No open order.')));
}

function drawPerformance(figures) {
  const part = (value) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
  const ratio = (value) => (value === null ? '–' : value.toFixed(2));
  $('bot-performance').replaceChildren(...figures.map((of, i) => el('tr', {}, el('th', {scope: 'row'}, WINDOWS[i][0]), n(count(of.trades)),
    n(part(of.win_rate)), n(part(of.win_rate_lower)), money(of.net_profit), n(ratio(of.profit_factor)), n(ratio(of.expected_r)), n(price(of.max_drawdown, 2)),
    n(ratio(of.sharpe)), n(price(of.costs, 2)))));
}

function drawJournal(rows) {
  $('bot-journal').replaceChildren(...(rows.length ? rows.map((row) => el('tr', {}, el('th', {scope: 'row'}, row.trade_id),
    el('td', {}, row.entry_time ? time(row.entry_time) : '–'), el('td', {}, row.exit_time ? time(row.exit_time) : 'open'), el('td', {}, row.symbol ?? '–'),
    el('td', {}, row.side ?? '–'), n(String(row.quantity ?? '–')), n(String(row.entry_price ?? '–')), n(String(row.exit_price ?? '–')),
    money(row.pnl_usd), el('td', {}, (row.exit_reason ?? '').replaceAll('_', ' ')))) : none(10, 'No trade yet.')));
}
