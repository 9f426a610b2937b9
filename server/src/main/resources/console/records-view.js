// Kinds of record, and the rows of one: what the address says (#/records?kind=orders&status=open) is what is shown.
import {$, el, text} from './dom.js';
import {every, json, request, trouble} from './api.js';
import {bytes, count, duration, time} from './format.js';

const LISTED = 200;
const FILTERED = ['text', 'integer', 'boolean', 'venue', 'symbol'];
/** A column with such a name is no filter: it is a parameter of the request, or of this page. */
const PARAMETERS = ['from', 'to', 'limit', 'order', 'cursor', 'unit', 'format', 'columns', 'latest', 'as_of', 'kind'];
const MOST_PAGES = 100;

export function showKinds() {
  document.title = 'Kinds · Candlewick';
  return every(5000, readKinds);
}

async function readKinds(signal) {
  const [{kinds}, held] = await Promise.all([json('/v1/kinds', {}, signal), readHeld(signal)]);
  $('kinds-body').replaceChildren(...kinds.map((kind) => {
    const its = held.get(kind.kind);
    return el('tr', {},
      el('th', {scope: 'row'}, el('a', {href: `#/records?kind=${kind.kind}`}, kind.kind)),
      el('td', {}, kind.key.join(', ')), el('td', {class: 'n'}, count(kind.columns.length)),
      el('td', {class: 'n'}, its ? count(its.rows) : '–'), el('td', {class: 'n'}, its ? bytes(its.bytes) : '–'), el('td', {}, kind.retention),
      el('td', {class: 'n', title: its?.newest_ts ? time(its.newest_ts) : ''}, its?.newest_ts ? `${duration(Date.now() - its.newest_ts)} ago` : '–'));
  }));
}

/** By kind; a key that is confined to bots may not know. */
async function readHeld(signal) {
  try {
    const {kinds} = await json('/v1/held', {}, signal);
    return new Map(kinds.map((kind) => [kind.kind, kind]));
  } catch (error) {
    if (error.status === 403) return new Map();
    throw error;
  }
}

export async function showRecords(parameters) {
  const kind = parameters.get('kind') ?? 'orders';
  document.title = `${kind} · Candlewick`;
  text($('records-title'), kind);
  const declared = await json(`/v1/kinds/${encodeURIComponent(kind)}`);
  const columns = declared.columns;
  const filters = columns.filter((column) => FILTERED.includes(column.type) && !PARAMETERS.includes(column.name)).map((column) => column.name);
  $('records-column').replaceChildren(...filters.map((name) => el('option', {value: name}, name)));
  drawFilters(kind, parameters, filters);
  $('records-filter').onsubmit = (event) => {
    event.preventDefault();
    const value = $('records-value').value.trim();
    if (value) change(kind, parameters, (next) => next.append($('records-column').value, value));
    $('records-value').value = '';
  };
  $('records-latest').checked = parameters.get('latest') === 'true';
  $('records-latest').onchange = (event) => change(kind, parameters, (next) => {
    if (event.target.checked) next.set('latest', 'true');
    else next.delete('latest');
  });
  $('records-export').onclick = () => exportCsv(kind, asked(parameters)).catch(trouble);
  return every(3000, (signal) => readRecords(kind, columns, parameters, signal));
}

const isNumber = (column) => ['integer', 'number', 'decimal'].includes(column.type);

function asked(parameters) {
  const query = new URLSearchParams(parameters);
  query.delete('kind');
  return query;
}

function change(kind, parameters, edit) {
  const next = asked(parameters);
  edit(next);
  next.set('kind', kind);
  location.hash = `#/records?${next}`;
}

function drawFilters(kind, parameters, names) {
  const chips = [...asked(parameters)].filter(([name]) => names.includes(name)).map(([name, value]) => el('li', {},
    el('button', {type: 'button', title: 'Take this filter away', onclick: () => change(kind, parameters, (next) => next.delete(name, value))},
      `${name} = ${value} ✕`)));
  $('records-filters').replaceChildren(...chips);
}

async function readRecords(kind, columns, parameters, signal) {
  const query = asked(parameters);
  query.set('limit', LISTED);
  query.set('order', 'desc');
  const page = await (await request(`/v1/records/${encodeURIComponent(kind)}?${query}`, {}, signal)).json();
  const shown = columns.filter((column) => column.required || page.rows.some((row) => row[column.name] !== null));
  const empty = columns.length - shown.length;
  text($('records-count'), `${count(page.rows.length)} rows${page.next_cursor ? ', the newest' : ''}${empty ? `; ${count(empty)} columns without a value are not shown` : ''}`);
  $('records-head').replaceChildren(el('tr', {}, el('th', {scope: 'col'}, 'Time (UTC)'),
    ...shown.map((column) => el('th', {scope: 'col', class: isNumber(column) ? 'n' : null}, column.name))));
  $('records-body').replaceChildren(...(page.rows.length ? page.rows.map((row) => rowOf(row, shown))
    : [el('tr', {}, el('td', {colspan: shown.length + 1, class: 'hint'}, 'No rows.'))]));
}

function rowOf(row, columns) {
  return el('tr', {}, el('td', {}, time(row.ts)), ...columns.map((column) => {
    const shown = cell(column, row[column.name]);
    return column.name === 'bot' && row.bot ? el('td', {}, el('a', {href: `#/bots?bot=${encodeURIComponent(row.bot)}`}, row.bot))
      : el('td', {class: isNumber(column) ? 'n' : null, title: shown.length > 40 ? shown : null}, shown.length > 40 ? `${shown.slice(0, 40)}…` : shown);
  }));
}

function cell(column, value) {
  if (value === null || value === undefined) return '';
  if (column.type === 'timestamp') return time(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

async function exportCsv(kind, query) {
  query.set('format', 'csv');
  query.set('unit', 'iso');
  query.set('limit', 10000);
  query.set('order', 'desc');
  const pages = [];
  let cursor = null;
  do {
    if (cursor) query.set('cursor', cursor);
    const page = await request(`/v1/records/${encodeURIComponent(kind)}?${query}`);
    const lines = await page.text();
    pages.push(pages.length ? lines.slice(lines.indexOf('\n') + 1) : lines);
    cursor = page.headers.get('X-Next-Cursor');
  } while (cursor && pages.length < MOST_PAGES);
  const link = el('a', {href: URL.createObjectURL(new Blob(pages, {type: 'text/csv'})), download: `${kind}.csv`});
  link.click();
  URL.revokeObjectURL(link.href);
  if (cursor) throw new Error('The file has the newest rows only; candlewick export writes all.');
}
