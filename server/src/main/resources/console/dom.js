// Making and changing elements. Text goes in as text only, never as HTML.

export const $ = (id) => document.getElementById(id);

/** el('td', {class: 'n', title: '…'}, 'text', otherElement) */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children);
  return element;
}

/** Sets the text only where it differs: no work for the browser, nothing said twice by a screen reader. */
export function text(element, value) {
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

/** Pairs of a term and its description, for a <dl>. */
export function pairs(element, entries) {
  const wanted = entries.flatMap(([term, value, kind]) => [el('dt', {}, term), el('dd', {class: kind}, value)]);
  element.replaceChildren(...wanted);
}
