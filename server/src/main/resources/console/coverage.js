// The heat map: how many of each day's five-minute candles are there.
import {$, el} from './dom.js';
import {every, json} from './api.js';

const WEEKS = 16;
// Fine enough to see an outage, and 16 weeks of it are asked for in one go.
const TIMEFRAME = '5m';
const REFRESH_MILLIS = 300000;
const DAY = 86400000;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export function showCoverage(instrument) {
  $('coverage').hidden = true;
  const stop = every(REFRESH_MILLIS, async (signal) => {
    try {
      await draw(instrument, signal);
    } catch (error) {
      // The chart says what is wrong with the server; a missing heat map needs no words.
      if (error.name !== 'AbortError') $('coverage').hidden = true;
    }
  });
  return () => {
    stop();
    $('coverage').hidden = true;
  };
}

async function draw(instrument, signal) {
  const name = {venue: instrument.venue, symbol: instrument.symbol};
  const detail = await json(`/v1/instruments/${encodeURIComponent(name.venue)}/${encodeURIComponent(name.symbol)}`, {}, signal);
  const held = detail.timeframes['1m'] ?? detail.trades;
  if (!held) return;
  const now = Date.now();
  const lastDay = Math.floor(Math.min(held.last_ts, now) / DAY) * DAY;
  const monday = lastDay - ((new Date(lastDay).getUTCDay() + 6) % 7) * DAY;
  const from = monday - (WEEKS - 1) * 7 * DAY;
  const begin = Math.max(from, Math.floor(held.first_ts / DAY) * DAY);
  const to = Math.min(lastDay + DAY, Math.floor(now / 300000) * 300000);
  if (to <= begin) return;
  const {gaps} = await json('/v1/coverage', {...name, timeframe: TIMEFRAME, from: begin, to}, signal);
  if (signal.aborted) return;
  table(from, begin, to, missingByDay(gaps, begin, to));
  $('coverage').hidden = false;
}

/** Missing candles of each day; market_closed is missing from nothing. */
function missingByDay(gaps, begin, to) {
  const days = new Map();
  for (const gap of gaps) {
    const share = gap.missing / Math.max(1, gap.to - gap.from);
    for (let day = Math.floor(gap.from / DAY) * DAY; day < gap.to; day += DAY) {
      const within = Math.min(gap.to, day + DAY, to) - Math.max(gap.from, day, begin);
      const of = days.get(day) ?? {missing: 0, closed: 0, states: new Set()};
      of[gap.state === 'market_closed' ? 'closed' : 'missing'] += within * share;
      of.states.add(gap.state);
      days.set(day, of);
    }
  }
  return days;
}

function table(from, begin, to, missing) {
  const weeks = Array.from({length: WEEKS}, (_, week) => from + week * 7 * DAY);
  const month = (week) => new Date(week).toLocaleDateString('en-GB', {month: 'short', timeZone: 'UTC'});
  const head = el('tr', {}, el('td'), ...weeks.map((week, i) => el('th', {scope: 'col'},
    el('span', {class: 'hidden'}, `week of ${new Date(week).toISOString().slice(0, 10)}`),
    i === 0 || month(week) !== month(weeks[i - 1]) ? month(week) : '')));
  const body = DAYS.map((name, weekday) => el('tr', {}, el('th', {scope: 'row'}, name),
    ...weeks.map((week) => cell(week + weekday * DAY, begin, to, missing))));
  $('coverage-table').replaceChildren(el('caption', {class: 'hidden'}, 'Share of the five-minute candles of each day that are there'),
    el('thead', {}, head), el('tbody', {}, ...body));
}

function cell(day, begin, to, missing) {
  if (day < begin || day >= to) {
    return el('td', {class: 'none'});
  }
  const buckets = Math.floor((Math.min(day + DAY, to) - Math.max(day, begin)) / 300000);
  const of = missing.get(day) ?? {missing: 0, closed: 0, states: new Set()};
  const due = buckets - of.closed;
  const part = due < 1 ? null : Math.max(0, 1 - of.missing / due);
  const date = new Date(day).toISOString().slice(0, 10);
  const said = part === null ? 'closed' : `${Math.floor(part * 100)} %`;
  const why = [...of.states].map((state) => state.replaceAll('_', ' ')).join(', ');
  const level = part === null ? 'closed' : Math.ceil(part * 4);
  return el('td', {'data-level': level, title: `${date}: ${said}${why ? `, missing: ${why}` : ''}`}, el('span', {class: 'hidden'}, said));
}
