// A feed adapter in short: node adapter.js ws://127.0.0.1:8080/v1/ingest STREAM < messages
//
// A line of the input is a message, {"t":"trades","venue":..,"symbol":..,"rows":[..]}; the n-th has seq n.
// Cut off or killed and run again, it goes on where the server stands: nothing is lost or doubled. It outlives
// whatever passes: a server that restarts, drains or is busy, a database that is away or was set back in time.
// Node 22 has WebSocket; before, the package ws is needed. With an API key,
// new WebSocket(url, { headers: { authorization: 'Bearer KEY' } }).
import { readFileSync } from 'node:fs';

const WebSocket = globalThis.WebSocket ?? (await import('ws')).WebSocket;
const FINAL = { 4409: 'another adapter has taken the stream over' };
for (const code of [1002, 1003, 1007, 1009, 4400]) FINAL[code] = 'the server does not understand this adapter';

/** One connection; whether everything is committed. */
const session = (url, stream, messages) => new Promise((resolve, reject) => {
  const socket = new WebSocket(url);
  let acked = 0, seq = 0, window = 0; // nothing is sent before the welcome
  let silence;
  const end = (code) => {
    clearTimeout(silence);
    if (FINAL[code]) reject(new Error(FINAL[code]));
    resolve(window > 0 && acked >= messages.length);
  };
  // A connection may die without a word; the heartbeats of the server are not seen here.
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(() => { end(); socket.close(); }, 60_000);
  };
  listen();
  socket.onopen = () => socket.send(JSON.stringify({ t: 'hello', v: 1, stream }));
  socket.onmessage = ({ data }) => {
    listen();
    const heard = JSON.parse(data);
    if (heard.t === 'welcome') {
      seq = heard.next_seq; // the server asks for this one; all before are committed
      acked = seq - 1;
      window = heard.limits.inflight_messages;
    } else if (heard.t === 'ack') {
      acked = heard.committed;
      heard.rejected?.forEach((row) => console.error('rejected for good:', row));
    } else if (heard.t === 'drain') {
      window = 0; // send no more; what is on its way is acked, then the server closes
    } else if (heard.t === 'error') {
      console.error('the server says:', data);
      seq = heard.expected ?? seq; // seq_gap; after any other error the server closes
    }
    if (window > 0 && acked >= messages.length) return socket.close();
    for (; window > 0 && seq <= messages.length && seq - acked <= window; seq++) {
      socket.send(JSON.stringify({ ...messages[seq - 1], seq }));
    }
  };
  socket.onerror = ({ message }) => console.error('not connected:', message);
  socket.onclose = ({ code, reason }) => {
    if (reason && code !== 1000) console.error('disconnected:', code, reason);
    end(code);
  };
});

const [url, stream] = process.argv.slice(2);
const lines = readFileSync(0, 'utf8').split('\n').filter(Boolean);
const messages = lines.map((line) => JSON.parse(line));
while (!(await session(url, stream, messages))) {
  await new Promise((again) => setTimeout(again, 2000 * Math.random()));
}
