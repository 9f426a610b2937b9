// What the scripts share: trades of this moment.

/** Takes one trade of size 1 in; odd ids buy, even ones sell. */
export async function feed(base, symbol, id, price) {
  const row = { ts: Date.now(), price, size: 1, side: id % 2 === 1 ? 'buy' : 'sell', id };
  const response = await fetch(`${base}/v1/trades`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ venue: 'binance', symbol, rows: [row] }),
  });
  if (response.status !== 200) throw new Error(await response.text());
}

/** Waits until the minute under way has at least 20 seconds left. */
export async function minuteWithRoom() {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < 20_000) await new Promise((resolve) => setTimeout(resolve, left + 10));
}
