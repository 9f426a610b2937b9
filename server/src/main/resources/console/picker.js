// The instrument picker: a combobox with a list, after the ARIA authoring practices.
import {$, el} from './dom.js';
import {instruments, matching} from './instruments.js';

const SHOWN = 60;

/** Calls back with the instrument that is picked. */
export function startPicker(onPick) {
  const input = $('pick');
  const list = $('pick-list');
  let found = [];
  let active = -1;
  let current = '';

  function option(instrument, index) {
    const item = el('li', {role: 'option', id: `pick-${index}`, 'aria-selected': 'false'},
      el('strong', {}, instrument.symbol), ' ', el('span', {class: 'hint'}, instrument.venue));
    item.addEventListener('mousedown', (event) => event.preventDefault());
    item.addEventListener('click', () => take(index));
    return item;
  }

  async function open() {
    const words = input.value === current ? '' : input.value;
    const all = await instruments();
    found = matching(all, words);
    list.replaceChildren(...found.slice(0, SHOWN).map(option));
    if (found.length > SHOWN) {
      list.append(el('li', {class: 'hint', 'aria-disabled': 'true', role: 'option'}, `${found.length - SHOWN} more: type to narrow`));
    }
    if (found.length === 0) {
      list.append(el('li', {class: 'hint', 'aria-disabled': 'true', role: 'option'}, all.length ? 'No instrument matches' : 'No instruments yet'));
    }
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    point(words && found.length ? 0 : -1);
  }

  function close() {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    active = -1;
  }

  function point(index) {
    list.querySelector('[aria-selected=true]')?.setAttribute('aria-selected', 'false');
    active = index;
    const item = index >= 0 ? $(`pick-${index}`) : null;
    if (item) {
      item.setAttribute('aria-selected', 'true');
      item.scrollIntoView({block: 'nearest'});
      input.setAttribute('aria-activedescendant', item.id);
    } else {
      input.removeAttribute('aria-activedescendant');
    }
  }

  function take(index) {
    const instrument = found[index];
    if (instrument) {
      close();
      onPick(instrument);
    }
  }

  function onKey(event) {
    const last = Math.min(found.length, SHOWN) - 1;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) {
        open().catch(() => {});
      } else {
        const next = active + (event.key === 'ArrowDown' ? 1 : -1);
        point(next > last ? 0 : next < 0 ? last : next);
      }
    } else if (event.key === 'Enter' && !list.hidden) {
      event.preventDefault();
      take(Math.max(active, 0));
    } else if (event.key === 'Escape') {
      input.value = current;
      close();
    }
  }

  input.addEventListener('input', () => open().catch(() => {}));
  input.addEventListener('click', () => open().catch(() => {}));
  input.addEventListener('focus', () => input.select());
  input.addEventListener('keydown', onKey);
  input.addEventListener('blur', () => {
    input.value = current;
    close();
  });
  document.addEventListener('keydown', (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? '') || $('key').open;
    if (event.key === '/' && !typing && !$('chart').hidden) {
      event.preventDefault();
      input.focus();
    }
  });

  return {
    show(instrument) {
      current = `${instrument.symbol} · ${instrument.venue}`;
      input.value = current;
    },
  };
}
