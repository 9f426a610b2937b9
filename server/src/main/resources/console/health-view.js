// Health: whether the server is ready, and a few of the figures that /metrics has.
import {$, el, text} from './dom.js';
import {every, request} from './api.js';
import {brief, bytes, count, duration} from './format.js';

let before = null;

/** The state in the header, on every view. */
export function startHealth() {
  every(5000, async () => {
    const {word, reasons} = await readiness();
    $('ready').dataset.state = word;
    text($('ready'), word === 'ok' ? 'ready' : word === 'away' ? 'server away' : 'not ready');
    $('ready').title = reasons.join('\n');
  });
}

async function readiness() {
  try {
    const response = await fetch('/readyz', {cache: 'no-store'});
    const {reasons} = await response.json();
    return {word: response.ok ? 'ok' : 'unready', reasons};
  } catch {
    return {word: 'away', reasons: ['The server cannot be reached.']};
  }
}

export function showHealth() {
  document.title = 'Health · Candlewick';
  before = null;
  return every(2000, read);
}

async function read(signal) {
  const {word, reasons} = await readiness();
  $('health-ready').dataset.state = word;
  $('health-ready').replaceChildren(el('p', {}, el('span', {class: `dot ${word === 'ok' ? 'good' : 'bad'}`, 'aria-hidden': 'true'}),
    word === 'ok' ? 'Ready: takes data and answers.' : 'Not ready.'),
  ...(reasons.length ? [el('ul', {}, ...reasons.map((reason) => el('li', {}, reason)))] : []));
  const metrics = parse(await (await request('/metrics', {}, signal)).text());
  figures(metrics);
  routes(metrics);
}

/** Prometheus text: [{name, labels, value}]. */
export function parse(exposition) {
  const samples = [];
  for (const line of exposition.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (match && !line.startsWith('#')) {
      const labels = Object.fromEntries([...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map((label) => [label[1], label[2]]));
      samples.push({name: match[1], labels, value: Number(match[3])});
    }
  }
  return samples;
}

function figures(metrics) {
  const of = (name) => metrics.filter((sample) => sample.name === name);
  const sum = (name) => (of(name).length ? of(name).reduce((total, sample) => total + sample.value, 0) : null);
  const label = (name, key) => of(name)[0]?.labels[key] ?? '–';
  const now = performance.now();
  const rows = sum('candlewick_ingest_batch_rows_sum') ?? 0;
  const rate = before ? ((rows - before.rows) * 1000) / (now - before.at) : null;
  before = {rows, at: now};
  const heap = (name) => of(name).filter((sample) => sample.labels.area === 'heap').reduce((total, sample) => total + Math.max(0, sample.value), 0);
  const batches = sum('candlewick_ingest_batch_duration_seconds_count');
  const mean = batches ? (sum('candlewick_ingest_batch_duration_seconds_sum') / batches) * 1000 : null;
  const shown = [
    ['Rows written a second', brief(rate)],
    ['Rows written', count(rows)],
    ['Batch to disk, mean', mean === null ? '–' : `${mean.toFixed(1)} ms`],
    ['Roll-up lag', sum('candlewick_rollup_lag_seconds') === null ? '–' : duration(sum('candlewick_rollup_lag_seconds') * 1000)],
    ['Feeds connected', count(sum('candlewick_ingest_sessions'))],
    ['Waiting to be written', bytes(sum('candlewick_ingest_budget_used_bytes') ?? 0)],
    ['Heap in use', bytes(heap('jvm_memory_used_bytes'))],
    ['Up for', duration((sum('process_uptime_seconds') ?? 0) * 1000)],
    ['Stored as rows', size(of('candlewick_chunks_size_bytes').filter((one) => one.labels.form === 'live'))],
    ['In the columnstore', size(of('candlewick_chunks_size_bytes').filter((one) => one.labels.form === 'columnstore'))],
    ...(sum('candlewick_archive_on') ? archive(sum) : []),
    ['TimescaleDB', `${label('candlewick_timescaledb_info', 'version')} ${label('candlewick_timescaledb_info', 'edition')}`],
    ['Candlewick', label('candlewick_build_info', 'version')],
  ];
  $('health-figures').replaceChildren(...shown.map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))));
}

function size(samples) {
  const known = samples.filter((sample) => !Number.isNaN(sample.value));
  return known.length ? bytes(known.reduce((total, sample) => total + sample.value, 0)) : '–';
}

function archive(sum) {
  const held = sum('candlewick_archive_held_seconds');
  return [
    ['Archived', `${count(sum('candlewick_archive_rows'))} rows, ${bytes(sum('candlewick_archive_size_bytes'))}`],
    ['Archive', held ? `held for ${duration(held * 1000)}` : 'up to date'],
  ];
}

function routes(metrics) {
  const name = 'candlewick_http_request_duration_seconds';
  const byRoute = new Map();
  for (const sample of metrics.filter((one) => one.name.startsWith(name))) {
    const id = `${sample.labels.route} ${sample.labels.status}`;
    const of = byRoute.get(id) ?? {...sample.labels};
    of[sample.name.slice(name.length + 1)] = sample.value;
    byRoute.set(id, of);
  }
  const milliseconds = (seconds) => `${(seconds * 1000).toFixed(1)} ms`;
  const sorted = [...byRoute.values()].filter((of) => !of.route.startsWith('/console/')).sort((a, b) => b.count - a.count);
  $('health-routes').replaceChildren(...sorted.map((of) => el('tr', {}, el('th', {scope: 'row'}, of.route), el('td', {}, of.status),
    el('td', {class: 'n'}, count(of.count)), el('td', {class: 'n'}, milliseconds(of.sum / of.count)), el('td', {class: 'n'}, milliseconds(of.max ?? 0)))));
}
