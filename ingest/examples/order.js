// An order's life: node order.js http://127.0.0.1:8080 [KEY]
//
// A row is the whole state of its key (bot, order_id) at its ts; written again it is stored once. So a bot that is not
// sure whether its answer was lost, or is told to come again, sends the same row again.
const [url, key] = process.argv.slice(2);
const headers = { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) };

class Refused extends Error {}

async function write(kind, row) {
  const body = JSON.stringify({ rows: [{ ts: new Date().toISOString(), ...row }] });
  for (;;) {
    try {
      const signal = AbortSignal.timeout(30_000); // a connection may die without a word
      const answer = await fetch(`${url}/v1/records/${kind}`, { method: 'POST', headers, body, signal });
      const text = await answer.text();
      if (answer.ok) return;
      if (answer.status < 500 && ![408, 429].includes(answer.status)) throw new Refused(text);
      console.error('not written, trying again:', text);
    } catch (trouble) {
      if (trouble instanceof Refused) throw trouble;
      console.error('not written, trying again:', trouble.cause ?? trouble);
    }
    await new Promise((again) => setTimeout(again, 1000));
  }
}

const of = { bot: 'alpha', order_id: 'A-2', venue: 'binance', symbol: 'BTCUSDT', side: 'buy' };
const order = { ...of, quantity: '0.5', status: 'pending' };
await write('orders', order);
await write('orders', Object.assign(order, { status: 'submitted', exchange_order_id: '87124' }));
await write('fills', { ...of, fill_id: 'F-3', quantity: '0.2', price: '61700.10', fees: '0.0123' });
await write('orders', Object.assign(order, { status: 'partially_filled', filled_quantity: '0.2' }));
await write('fills', { ...of, fill_id: 'F-4', quantity: '0.3', price: '61700.50', fees: '0.0185' });
await write('orders', Object.assign(order, { status: 'filled', filled_quantity: '0.5', avg_fill_price: '61700.34' }));
