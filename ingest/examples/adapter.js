// A feed adapter in short: node adapter.js ws://127.0.0.1:8080/v1/ingest STREAM < messages
//
// A line of the input is a message, {"t":"trades","venue":..,"symbol":..,"rows":[..]}; the n-th has seq n.
// Cut off or killed and run again, it goes on where the server stands: nothing is lost or doubled.
// Node 22 has WebSocket; before, the package ws is needed. With an API key,
// new WebSocket(url, { headers: { authorization: 'Bearer KEY' } }).
import { readFileSync } from 'node:fs';

const WebSocket = globalThis.WebSocket ?? (await import('ws')).WebSocket;

async function feed(url, stream, messages) {
  let acked = 0;
  const session = () => new Promise((ended) => {
    const socket = new WebSocket(url);
    let seq, window;
    socket.onopen = () => socket.send(JSON.stringify({ t: 'hello', v: 1, stream }));
    socket.onmessage = ({ data }) => {
      const heard = JSON.parse(data);
      if (heard.t === 'welcome') {
        seq = heard.next_seq; // the server asks for this one; all before are committed
        acked = seq - 1;
        window = heard.limits.inflight_messages;
      }
      acked = heard.committed ?? acked;
      heard.rejected?.forEach((row) => console.error('rejected for good:', row));
      if (heard.t === 'error') throw new Error(data);
      for (; seq <= messages.length && seq - acked <= window; seq++) {
        socket.send(JSON.stringify({ ...messages[seq - 1], seq }));
      }
      if (acked === messages.length) socket.close();
    };
    socket.onerror = () => {}; // the close that follows says it too
    socket.onclose = ({ code }) => ended(code);
  });
  while (acked < messages.length) {
    if (await session() === 4409) throw new Error('another adapter has taken the stream over');
    if (acked < messages.length) await new Promise((again) => setTimeout(again, 1000 * Math.random()));
  }
}

const [url, stream] = process.argv.slice(2);
const lines = readFileSync(0, 'utf8').split('\n').filter(Boolean);
await feed(url, stream, lines.map((line) => JSON.parse(line)));
