// Candles of one instrument and timeframe: the history, then every change, over the WebSocket
// /v1/subscribe. A browser cannot send a key with a WebSocket, and a proxy may not let one through:
// then the newest candles are asked for every two seconds instead.
import {json} from './api.js';
import {key} from './key.js';

const HISTORY = 600;
const MOST_HELD = 20000;
const POLL_MILLIS = 2000;
const POLLED = 5;
const POLLS_PER_FULL_READ = 15;
const MAX_BACK_OFF_MILLIS = 15000;

/** What of candles is followed: a channel, the path that asks for the same, and the name of its rows. */
const CANDLES = {channel: 'candles', path: '/v1/candles', rows: 'candles'};
export const INDICATORS = {channel: 'indicators', path: '/v1/indicators', rows: 'rows'};

/**
 * Follows until the returned function is called. `on.rows(rows, whole)` gets candles as in
 * GET /v1/candles, the whole history or changes of it; `on.state(word)` gets live, polling or
 * waiting; `on.error(problem)` what went wrong.
 */
export function follow(query, on, what = CANDLES) {
  const stop = new AbortController();
  (key() ? poll : subscribe)(query, on, stop.signal, what);
  return () => stop.abort();
}

const pause = (milliseconds, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    resolve();
  }, {once: true});
});

async function poll(query, on, signal, what) {
  // What was missed, at first or while nobody looked, takes a whole read.
  let missed = true;
  for (let turn = 0; !signal.aborted; turn++) {
    try {
      if (document.hidden) {
        missed = true;
      } else {
        const limit = missed || turn % POLLS_PER_FULL_READ === 0 ? HISTORY : POLLED;
        const page = await json(what.path, {...query, limit}, signal);
        if (signal.aborted) return;
        on.rows(page[what.rows], missed);
        on.state('polling');
        on.error(null);
        missed = false;
      }
    } catch (error) {
      if (signal.aborted) return;
      on.state('waiting');
      on.error(error);
      missed = true;
    }
    await pause(POLL_MILLIS, signal);
  }
}

async function subscribe(query, on, signal, what) {
  let failures = 0;
  while (!signal.aborted) {
    const opened = await session(query, on, signal, what);
    if (signal.aborted) return;
    if (!opened && failures === 0) {
      poll(query, on, signal, what);
      return;
    }
    failures = opened ? 1 : failures + 1;
    on.state('waiting');
    await pause(Math.min(MAX_BACK_OFF_MILLIS, 500 * 2 ** failures), signal);
  }
}

/** One connection, to its end; whether it was ever open. */
function session(query, on, signal, what) {
  return new Promise((resolve) => {
    const socket = new WebSocket(new URL('/v1/subscribe', location.href.replace(/^http/, 'ws')));
    let history = [];
    let live = false;
    let opened = false;
    signal.addEventListener('abort', () => socket.close(), {once: true});
    socket.onopen = () => {
      opened = true;
      socket.send(JSON.stringify({t: 'subscribe', id: 1, channel: what.channel, ...query, last: HISTORY}));
    };
    socket.onmessage = (event) => {
      if (signal.aborted) return;
      const message = JSON.parse(event.data);
      if (message.t === 'snapshot') {
        history.push(...message.rows);
      } else if (message.t === 'live') {
        live = true;
        on.rows(history, true);
        history = [];
        on.state('live');
        on.error(null);
      } else if (message.t === 'update') {
        if (live) on.rows(message.rows, false);
        else history.push(...message.rows);
      } else if (message.t === 'error') {
        on.error(new Error(message.detail ?? message.code));
      }
    };
    socket.onclose = () => resolve(opened);
  });
}

/** Candles before a time; empty at the beginning of history. */
export async function before(query, ts, what = CANDLES) {
  const page = await json(what.path, {...query, to: ts, limit: HISTORY});
  return page[what.rows];
}

const UNITS = {s: 1, m: 60, h: 3600, d: 86400, w: 604800};

/** The seconds of a timeframe. */
export const secondsOf = (timeframe) => parseInt(timeframe, 10) * UNITS[timeframe.at(-1)];

/** Candles by time: changes go in, a list in order comes out. */
export class CandleSet {
  #byTime = new Map();
  #sorted = null;

  get isFull() {
    return this.#byTime.size > MOST_HELD / 2;
  }

  put(rows, whole) {
    if (whole) this.#byTime.clear();
    for (const row of rows) this.#byTime.set(row.ts, row);
    this.#sorted = null;
  }

  get list() {
    this.#sorted ??= [...this.#byTime.values()].sort((a, b) => a.ts - b.ts);
    if (this.#sorted.length > MOST_HELD) {
      this.#sorted.splice(0, MOST_HELD / 10).forEach((row) => this.#byTime.delete(row.ts));
    }
    return this.#sorted;
  }

  /** Empty buckets between candles, at most `most` of each gap: [{ts, from, to, missing}]. */
  gaps(seconds, most) {
    const gaps = [];
    const list = this.list;
    for (let i = 1; i < list.length; i++) {
      const from = list[i - 1].ts + seconds * 1000;
      const missing = Math.round((list[i].ts - from) / (seconds * 1000));
      for (let n = 0; n < Math.min(missing, most); n++) {
        gaps.push({ts: from + n * seconds * 1000, from, to: list[i].ts, missing});
      }
    }
    return gaps;
  }
}
