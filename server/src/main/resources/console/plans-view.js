// Plans and feature sets: what is computed for which instruments, and how far the past is filled in.
import {$, el, text} from './dom.js';
import {every, json} from './api.js';

export function showPlans() {
  document.title = 'Plans · Candlewick';
  return every(2000, read);
}

async function read(signal) {
  const [{plans}, sets] = await Promise.all([json('/v1/plans', {}, signal), json('/v1/feature-sets', {}, signal)]);
  const named = (list) => (list ?? []).map((one) => one.name).join(', ') || '–';
  const instruments = (one) => one.instruments.map((i) => `${i.venue} ${i.symbol ?? '*'}`).join(', ');
  $('plans-body').replaceChildren(...plans.map((plan) => el('tr', {}, el('th', {scope: 'row'}, plan.plan), el('td', {}, instruments(plan)),
    el('td', {}, `${plan.timezone ?? 'UTC'}, ${plan.day_start ?? '00:00'}`), el('td', {}, named(plan.sessions)), el('td', {}, named(plan.opening_ranges)),
    el('td', {}, (plan.daily ?? []).join(', ') || '–'), ...progress(plan))));
  $('sets-body').replaceChildren(...sets.feature_sets.map((set) => el('tr', {}, el('th', {scope: 'row'}, set.name), el('td', {}, instruments(set)),
    el('td', {}, set.timeframe), el('td', {}, set.version ?? '1'), el('td', {class: 'n'}, String(set.features.length)), ...progress(set))));
  text($('plans-none'), plans.length ? '' : 'No plan yet. PUT /v1/plans/{plan} makes one; see API.');
  text($('sets-none'), sets.feature_sets.length ? '' : 'No feature set yet. PUT /v1/feature-sets/{name} makes one; see API.');
}

function progress({progress: {state, done, instruments}}) {
  const percent = Math.floor(done * 100);
  return [el('td', {class: 'n'}, String(instruments)), el('td', {},
    state === 'complete' ? 'complete' : el('progress', {max: '100', value: String(percent), 'aria-label': 'filled in'}), state === 'complete' ? '' : ` ${percent} %`)];
}
