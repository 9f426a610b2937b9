// A wire that loses: an HTTP server that hands requests on and treats the first ones badly.
import http from 'node:http';

/**
 * Stands before `base`. POSTs meet these fates in turn, then all go through: 'busy' is answered 503
 * and not handed on; 'lost' is handed on, and the connection cut before its answer; 'pass' goes
 * through. `statuses` are those of the
 * server, `answered` counts those that came through.
 */
export async function lossy(base, fates) {
  const wire = { answered: 0, statuses: [] };
  const server = http.createServer((request, response) => {
    const fate = (request.method === 'POST' && fates.shift()) || 'pass';
    if (fate === 'busy') {
      request.resume();
      response.writeHead(503, { 'retry-after': '1', 'content-type': 'application/json' });
      response.end('{"code":"unavailable","message":"not now"}');
      return;
    }
    const { method, headers } = request;
    const onward = http.request(base + request.url, { method, headers }, (answer) => {
      if (method === 'POST') wire.statuses.push(answer.statusCode);
      if (fate === 'lost') {
        request.socket.destroy();
        answer.resume();
        return;
      }
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
      if (method === 'POST') response.on('finish', () => wire.answered++);
    });
    request.pipe(onward);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  wire.host = `127.0.0.1:${server.address().port}`;
  wire.close = () => server.close();
  return wire;
}

/** Waits until `holds()`, at most 20 s. */
export async function until(holds) {
  for (let i = 0; i < 400 && !holds(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (!holds()) throw new Error(`not in time: ${holds}`);
}

/** What the server has: rows of `kind` in order. */
export async function stored(base, kind, venue, symbol, more = '') {
  const query = `venue=${venue}&symbol=${symbol}&unit=us${more}`;
  const response = await fetch(`${base}/v1/${kind}?${query}`);
  if (response.status !== 200) throw new Error(await response.text());
  return (await response.json())[kind];
}
