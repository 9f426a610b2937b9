// Audit: what the last hourly sample found, or a run over the last day of everything.
import {$, el, text} from './dom.js';
import {every, json, trouble} from './api.js';
import {count, time} from './format.js';

const DAY = 86_400_000;
const ORDER = {fail: 0, pass: 1, skipped: 2};

let shown = null;

/** The number of failed checks in the header, on every view: red is seen from the first page. */
export function startAudit() {
  every(60_000, async (signal) => {
    const failed = (await json('/v1/audit/last', {}, signal)).checks.filter((check) => check.status === 'fail').length;
    text($('audit-failed'), failed ? String(failed) : '');
    $('audit-failed').title = failed ? `${failed} checks failed in the last hourly audit` : '';
  });
  $('audit-run').addEventListener('click', run);
}

export async function showAudit() {
  document.title = 'Audit · Candlewick';
  if (shown) {
    draw(shown);
  } else {
    const {at, checks} = await json('/v1/audit/last');
    text($('audit-state'), at ? `One instrument, drawn by chance, at ${time(at)}` : 'No sample yet: the first comes a minute after the start.');
    draw(checks);
  }
  return () => {};
}

async function run() {
  $('audit-run').disabled = true;
  text($('audit-state'), 'Checking ...');
  try {
    trouble(null);
    shown = (await json('/v1/audit', {from: Date.now() - DAY})).checks;
    const failed = shown.filter((check) => check.status === 'fail').length;
    text($('audit-state'), `${failed ? `${failed} checks failed` : 'Nothing failed'}, the last day of everything, at ${time(Date.now())}`);
    draw(shown);
  } catch (error) {
    text($('audit-state'), '');
    trouble(error);
  } finally {
    $('audit-run').disabled = false;
  }
}

function draw(checks) {
  const sorted = [...checks].sort((a, b) => ORDER[a.status] - ORDER[b.status]);
  $('audit-body').replaceChildren(...sorted.map((check) => el('tr', {}, el('th', {scope: 'row'}, check.name.replaceAll('_', ' ')),
    el('td', {class: check.status === 'fail' ? 'down' : check.status === 'pass' ? 'up' : 'hint'}, check.status),
    el('td', {class: 'n'}, count(check.looked_at)), el('td', {class: 'n'}, count(check.failures)),
    el('td', {}, check.means, ...(check.examples.length ? [el('ul', {}, ...check.examples.map(example))] : [])))));
}

const example = (one) => el('li', {class: 'hint'}, `${one.venue ? `${one.venue}:${one.symbol} ` : ''}${time(one.ts)} ${one.detail}`);
