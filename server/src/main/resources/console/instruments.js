// The list of instruments, read once and again when it may have grown.
import {all} from './api.js';

let known = null;

export const nameOf = (instrument) => `${instrument.venue} ${instrument.symbol}`;

/** All instruments in the order of venue and symbol; `fresh` asks the server again. */
export async function instruments(fresh = false) {
  if (fresh || !known) {
    known = all('/v1/instruments', 'instruments').catch((error) => {
      known = null;
      throw error;
    });
  }
  return known;
}

/** Those that hold every word of the text; what begins with it comes first. */
export function matching(list, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) {
    return list;
  }
  const found = list.filter((instrument) => {
    const searched = `${instrument.venue} ${instrument.symbol} ${instrument.name ?? ''}`.toLowerCase();
    return wanted.every((word) => searched.includes(word));
  });
  const rank = (instrument) => (instrument.symbol.toLowerCase().startsWith(wanted.at(-1)) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}
