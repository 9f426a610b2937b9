// Streams: how far each is committed, how fast it comes, and what was refused.
import {$, el, text} from './dom.js';
import {all, every, json} from './api.js';
import {brief, count, duration, time} from './format.js';

const LISTED = 200;
const PAGE = 10000;

let rejects = [];
let after = 0;
let before = new Map();
let wanted = null;

export function showStreams() {
  document.title = 'Streams · Candlewick';
  return every(2000, read);
}

async function read(signal) {
  const streams = await all('/v1/streams', 'streams', {}, signal);
  await readRejects(signal);
  const counts = new Map();
  rejects.forEach((reject) => counts.set(reject.stream, (counts.get(reject.stream) ?? 0) + 1));
  const now = performance.now();
  streams.sort((a, b) => b.last_activity - a.last_activity);
  $('streams-body').replaceChildren(...(streams.length ? streams.map((stream) => rowOf(stream, counts.get(stream.stream) ?? 0, now))
    : [el('tr', {}, el('td', {colspan: 7, class: 'hint'}, 'No feed has said hello on /v1/ingest yet. Rows sent by REST belong to no stream.'))]));
  before = new Map(streams.map((stream) => [idOf(stream), {rows: stream.rows, at: now}]));
  drawRejects();
}

/** Only those that are new since the last time. */
async function readRejects(signal) {
  for (let full = true; full;) {
    const page = await json('/v1/rejects', {after, limit: PAGE}, signal);
    rejects.push(...page.rejects);
    after = page.after;
    full = page.rejects.length === PAGE;
  }
}

const idOf = (stream) => `${stream.api_key_id} ${stream.stream}`;

function rowOf(stream, refused, now) {
  const then = before.get(idOf(stream));
  const rate = then ? ((stream.rows - then.rows) * 1000) / (now - then.at) : null;
  const idle = Date.now() - stream.last_activity;
  return el('tr', {}, el('th', {scope: 'row'}, el('span', {class: `dot ${idle < 10000 ? 'good' : idle < 60000 ? 'fair' : 'bad'}`, 'aria-hidden': 'true'}), stream.stream,
    stream.api_key_id ? el('span', {class: 'hint'}, ` key ${stream.api_key_id}`) : ''),
  el('td', {class: 'n'}, count(stream.committed_seq)), el('td', {class: 'n'}, count(stream.rows)), el('td', {class: 'n'}, brief(rate)),
  el('td', {class: 'n', title: time(stream.last_activity)}, `${duration(idle)} ago`), el('td', {class: 'n'}, count(stream.epoch)),
  el('td', {class: `n ${refused ? 'down' : ''}`}, count(refused)));
}

function drawRejects() {
  const codes = new Map();
  rejects.forEach((reject) => codes.set(reject.code, (codes.get(reject.code) ?? 0) + 1));
  const chip = (code, n) => el('li', {}, el('button', {type: 'button', 'data-code': code, 'aria-pressed': String(code === wanted), onclick: () => {
    wanted = code === wanted ? null : code;
    drawRejects();
  }}, `${code.replaceAll('_', ' ')} ${count(n)}`));
  const focused = document.activeElement?.dataset?.code;
  $('reject-codes').replaceChildren(...[...codes].sort((a, b) => b[1] - a[1]).map(([code, n]) => chip(code, n)));
  if (focused) $('reject-codes').querySelector(`[data-code="${focused}"]`)?.focus();
  const shown = rejects.filter((reject) => !wanted || reject.code === wanted).slice(-LISTED).reverse();
  text($('rejects-title'), rejects.length > shown.length ? `Rejected rows, the newest ${count(shown.length)} of ${count(rejects.length)}` : 'Rejected rows');
  $('rejects-body').replaceChildren(...(shown.length ? shown.map((reject) => el('tr', {}, el('td', {}, time(reject.at)), el('td', {}, reject.stream),
    el('td', {class: 'n'}, count(reject.seq)), el('td', {class: 'n'}, count(reject.index)), el('td', {}, reject.field ?? ''),
    el('td', {}, reject.code.replaceAll('_', ' ')), el('td', {}, reject.detail ?? ''))) : [el('tr', {}, el('td', {colspan: 7, class: 'hint'}, 'None.'))]));
}
