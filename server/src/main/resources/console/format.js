// How numbers, times and durations are shown.

const whole = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', {notation: 'compact', maximumSignificantDigits: 3});
const formats = new Map();

const fixed = (digits) => {
  if (!formats.has(digits)) {
    formats.set(digits, new Intl.NumberFormat('en-US', {minimumFractionDigits: digits, maximumFractionDigits: digits}));
  }
  return formats.get(digits);
};

const MOST_DIGITS = 10;

/** Digits after the point that a price came with. */
function written(price) {
  const [digits, power = '0'] = String(price).split('e');
  return Math.max(0, (digits.split('.')[1] ?? '').length - Number(power));
}

/** Digits after the point that an instrument's prices are shown with: those of its tick size, else the most that any came with. */
export function digitsOf(tickSize, prices) {
  if (tickSize > 0) {
    return Math.min(MOST_DIGITS, Math.max(0, written(tickSize)));
  }
  return Math.min(MOST_DIGITS, Math.max(2, ...prices.filter(Number.isFinite).map(written)));
}

export const price = (value, digits) => (value === null || value === undefined ? '–' : fixed(digits).format(value));

export const count = (value) => (value === null || value === undefined ? '–' : whole.format(value));

/** 1.23K, 45.6M: for volumes and rates, where three digits say enough. */
export const brief = (value) => (value === null || value === undefined ? '–' : short.format(value));

export const percent = (part) => `${part >= 0 ? '+' : '−'}${Math.abs(part * 100).toFixed(2)} %`;

/** 2026-01-05 09:30, with seconds where they are not 0. */
export function time(ms) {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, iso.slice(17, 19) === '00' ? 16 : 19)}`;
}

export function duration(ms) {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  if (seconds < 86400 * 730) return `${Math.round(seconds / 86400)} d`;
  return `${Math.round(seconds / (86400 * 365.25))} y`;
}

export function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const power = value > 0 ? Math.min(3, Math.floor(Math.log2(value) / 10)) : 0;
  return `${(value / 1024 ** power).toFixed(power ? 1 : 0)} ${units[power]}`;
}
