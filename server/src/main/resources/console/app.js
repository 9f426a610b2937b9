// Which view is shown: the address says, as #/view?parameters, so that back and a bookmark work.
import {$} from './dom.js';
import {trouble} from './api.js';
import {showAudit, startAudit} from './audit-view.js';
import {showChart, startChart} from './chart-view.js';
import {startHealth, showHealth} from './health-view.js';
import {showInstruments, startInstruments} from './instruments-view.js';
import {showBots} from './bots-view.js';
import {onKeyChange, startKey} from './key.js';
import {showPlans} from './plans-view.js';
import {showKinds, showRecords} from './records-view.js';
import {showReference} from './reference-view.js';
import {showStreams} from './streams-view.js';

const VIEWS = {
  chart: showChart, instruments: showInstruments, plans: showPlans, bots: showBots, kinds: showKinds, records: showRecords, streams: showStreams,
  audit: showAudit, health: showHealth, api: showReference,
};

let leave = () => {};
let turn = 0;
let entering = Promise.resolve();
let shownView = null;

function address() {
  const [view, query] = location.hash.slice(2).split('?');
  return {view: view in VIEWS ? view : 'chart', parameters: new URLSearchParams(query)};
}

/** Changes parameters of the chart's address; those not named stay. */
function go(changes, replace = false) {
  const {parameters} = address();
  Object.entries(changes).forEach(([name, value]) => parameters.set(name, value));
  const hash = `#/chart?${parameters}`;
  if (replace || hash === location.hash) {
    history.replaceState(null, '', hash);
    show();
  } else {
    location.hash = hash;
  }
}

/** One view after the other: a slow one that is no longer wanted is not begun. */
function show() {
  const mine = ++turn;
  entering = entering.then(() => (mine === turn ? enter() : null));
}

async function enter() {
  leave();
  leave = () => {};
  const {view, parameters} = address();
  for (const id of Object.keys(VIEWS)) $(id).hidden = id !== view;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#/${view}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  // A screen reader begins to read the new view; the first one is read anyway.
  if (shownView !== null && shownView !== view) $('main').focus({preventScroll: true});
  if (shownView !== view) scrollTo(0, 0);
  shownView = view;
  try {
    trouble(null);
    leave = await VIEWS[view](parameters, go);
  } catch (error) {
    trouble(error);
  }
}

startKey();
startChart(go);
startInstruments();
startHealth();
startAudit();
onKeyChange(show);
addEventListener('hashchange', show);
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  $('main').focus();
});
show();
