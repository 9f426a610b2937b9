// The API key: kept for this tab only, asked for where the server wants one.
import {$, text} from './dom.js';

const NAME = 'candlewick.key';
const changed = new EventTarget();

export const key = () => sessionStorage.getItem(NAME);

/** Calls back whenever another key is used. */
export const onKeyChange = (listener) => changed.addEventListener('change', listener);

function show() {
  text($('key-open'), key() ? 'API key ✓' : 'API key');
}

export function askForKey(why) {
  if (!$('key').open) {
    text($('key-why'), `${why} It is sent as Authorization: Bearer with every request and forgotten when this tab closes.`);
    $('key-text').value = key() ?? '';
    $('key').showModal();
  }
}

export function startKey() {
  show();
  $('key-open').addEventListener('click', () => askForKey('The key for this server.'));
  $('key').addEventListener('close', () => {
    const answer = $('key').returnValue;
    if (answer === 'use' && $('key-text').value) {
      sessionStorage.setItem(NAME, $('key-text').value);
    } else if (answer === 'forget') {
      sessionStorage.removeItem(NAME);
    } else {
      return;
    }
    show();
    changed.dispatchEvent(new Event('change'));
  });
  // Enter in the field is "use", not the first button of the form.
  $('key-text').addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      $('key').close('use');
    }
  });
}
