// Asking the server.
import {$} from './dom.js';
import {askForKey, key} from './key.js';

export class Problem extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

async function problem(response) {
  try {
    const body = await response.json();
    return new Problem(response.status, body.code ?? '', body.detail ?? response.statusText);
  } catch {
    return new Problem(response.status, '', response.statusText);
  }
}

export async function request(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined));
  const headers = key() ? {Authorization: `Bearer ${key()}`} : {};
  let response;
  try {
    response = await fetch(query.size ? `${path}?${query}` : path, {headers, signal, cache: 'no-cache'});
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, 'unreachable', 'The server cannot be reached.');
  }
  if (response.status === 401) {
    askForKey(key() ? 'The server does not know this key.' : 'This server wants an API key.');
  }
  if (!response.ok) {
    throw await problem(response);
  }
  return response;
}

export const json = async (path, parameters, signal) => (await request(path, parameters, signal)).json();

/** All rows of a paged list. */
export async function all(path, name, parameters = {}, signal = undefined) {
  const rows = [];
  let cursor = null;
  do {
    const page = await json(path, {...parameters, limit: 10000, cursor}, signal);
    rows.push(...page[name]);
    cursor = page.next_cursor;
  } while (cursor);
  return rows;
}

/** Tells what went wrong, or that nothing does any more. */
export function trouble(error) {
  const shown = error && error.name !== 'AbortError' && error.status !== 401;
  $('trouble').hidden = !shown;
  $('trouble').textContent = shown ? error.message : '';
}

/** Does something now and again after every answer, until it is stopped. */
export function every(milliseconds, action) {
  const stop = new AbortController();
  let timer;
  const turn = async () => {
    try {
      if (!document.hidden) {
        await action(stop.signal);
        if (!stop.signal.aborted) trouble(null);
      }
    } catch (error) {
      if (!stop.signal.aborted) trouble(error);
    }
    if (!stop.signal.aborted) {
      timer = setTimeout(turn, milliseconds);
    }
  };
  turn();
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}
