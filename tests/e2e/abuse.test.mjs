// SPDX-License-Identifier: MIT
// What no decent client does: clear refusals, no crash, and the others are served meanwhile.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { Bench, figures, TOP, Viewer, within } from './harness.mjs';

let bench;
before(async () => {
  bench = await Bench.start({ boards: [{ id: 'f103', part: 'f103rb' }] });
});
after(() => bench?.clear());

/** Sends raw bytes; resolves with all that comes back until the server closes or what() is in it. */
async function raw(bytes, enough = /\r\n\r\n/) {
  const socket = connect(bench.port, '127.0.0.1');
  socket.on('error', () => {}); // a reset is an answer, too
  await once(socket, 'connect');
  socket.write(bytes);
  let text = '';
  const ended = new Promise((done) => {
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (enough.test(text)) done();
    });
    socket.on('close', done);
  });
  await within(ended, 60_000, () => `an answer to ${JSON.stringify(bytes.slice(0, 60))}`);
  socket.destroy();
  return text;
}

const request = (method, path, headers = {}, body = '') =>
  `${method} ${path} HTTP/1.1\r\n${Object.entries({
    Host: `127.0.0.1:${bench.port}`,
    ...headers,
    ...(body ? { 'Content-Length': Buffer.byteLength(body) } : {}),
  })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`;

function randomBytes(length, seed) {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Every path of the contract, its parameters filled in well and badly. */
function paths() {
  const { paths: documented } = parse(readFileSync(join(TOP, 'docs/openapi.yaml'), 'utf8'), {
    merge: true,
  });
  const fills = [
    { id: 'f103', job: '01ARZ3NDEKTSV4RRFFQ69G5FAV' },
    { id: 'nobody', job: 'x' },
    { id: '%00%ff..%2f', job: '%2e%2e%2f%2e%2e' },
  ];
  return Object.keys(documented).flatMap((path) =>
    fills.map((fill) => path.replace(/\{(\w+)\}/g, (_, name) => fill[name])),
  );
}

test("garbage to every endpoint is refused in the API's own words", async () => {
  let sent = 0;
  for (const [i, path] of [...new Set(paths())].entries()) {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      if (/\/(reset|identify|read|console)$/.test(path) && method === 'POST') continue; // good as they are
      const query = i % 2 ? '?%zz&=&address=banana&x[]=1' : '';
      const response = await fetch(`${bench.url}${path}${query}`, {
        method,
        body: method === 'GET' ? undefined : randomBytes(300 + i, i + 1),
      });
      const text = await response.text();
      sent++;
      const told = `${method} ${path}${query}: ${response.status} ${text.slice(0, 300)}`;
      assert.notEqual(response.status, 500, told);
      if (response.status < 400) continue;
      assert.match(response.headers.get('content-type'), /^application\/problem\+json/, told);
      assert.equal(JSON.parse(text).status, response.status, told);
    }
  }
  assert.ok(sent > 100);
});

test('bytes that are no HTTP at all', async () => {
  // To their ends at once: some are only cut when no header has come in its time.
  await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      raw(Buffer.concat([randomBytes(2000, i + 1), Buffer.from('\r\n\r\n')]), /$^/),
    ),
  );
  for (const line of [
    'GET',
    'GET / HTTP/9.9\r\n\r\n',
    '\r\n\r\n\r\n',
    'GET / HTTP/1.1\r\n: :\r\n\r\n',
  ]) {
    const socket = connect(bench.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume(); // unread bytes would keep it from closing
    await once(socket, 'connect');
    const closed = once(socket.resume(), 'close');
    socket.end(line);
    await within(closed, 60_000, () => `an end after ${JSON.stringify(line)}`);
  }
  assert.equal((await bench.get('/healthz')).status, 200);
});

test('headers beyond measure are refused', async () => {
  const answer = await raw(request('GET', '/api/v1/boards', { 'X-Long': 'a'.repeat(100_000) }));
  assert.match(answer, /^HTTP\/1\.1 (431|413|400) /);
  const long = await raw(request('GET', `/${'a'.repeat(100_000)}`));
  assert.match(long, /^HTTP\/1\.1 (414|431|413|400) /);
});

test('a body larger than the limit is 413, announced or not', async () => {
  const small = await Bench.start({ boards: [], config: { limits: { upload_bytes: 100_000 } } });
  try {
    small.config.boards.push({
      id: 'none',
      port: join(small.dir, 'nothing'),
      control: { kind: 'manual' },
    });
    await small.stop();
    await small.start();
    const large = join(small.dir, 'large.bin');
    writeFileSync(large, Buffer.alloc(300_000, 0xa5));
    for (const headers of [{}, { 'Transfer-Encoding': 'chunked' }]) {
      const args = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
      const { json, text } = await small.curl(
        ...args,
        '--data-binary',
        `@${large}`,
        '-H',
        'Content-Type: application/octet-stream',
        '/api/v1/boards/none/flash',
      );
      assert.equal(json?.code, 'too_large', text);
      assert.equal(json.status, 413);
    }
  } finally {
    await small.clear();
  }
});

test('Host: only loopback, the listen addresses and allowed_hosts', async () => {
  for (const host of [
    'evil.example',
    'evil.example:8080',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
  ]) {
    const answer = await raw(request('GET', '/api/v1/boards', { Host: host }), /wrong_host/);
    assert.match(answer, /^HTTP\/1\.1 421 /, host);
    assert.match(answer, /wrong_host/);
    const page = await raw(request('GET', '/', { Host: host }));
    assert.match(page, /^HTTP\/1\.1 421 /, `the page to ${host}`);
  }
  for (const host of ['localhost', '127.0.0.1', '[::1]:1234', 'LOCALHOST:1']) {
    assert.match(
      await raw(request('GET', '/api/v1/boards', { Host: host })),
      /^HTTP\/1\.1 200 /,
      host,
    );
  }
  const none = await raw('GET /api/v1/boards HTTP/1.1\r\n\r\n');
  assert.match(none, /^HTTP\/1\.1 4(00|21) /);
});

test('Origin and Sec-Fetch-Site: what changes something must come from here', async () => {
  const own = `http://127.0.0.1:${bench.port}`;
  const rows = [
    [{ Origin: 'http://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{ Origin: 'http://127.0.0.1.evil.example' }, 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Origin: own, 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ Origin: own, 'Sec-Fetch-Site': 'same-origin' }, 200],
    [{ 'Sec-Fetch-Site': 'none' }, 200],
    [{}, 200],
  ];
  for (const [headers, status] of rows) {
    const answer = await raw(
      request('POST', '/api/v1/boards/f103/identify', { ...headers, 'Content-Length': 0 }),
    );
    assert.match(
      answer,
      new RegExp(`^HTTP/1\\.1 ${status} `),
      `${JSON.stringify(headers)}: ${answer}`,
    );
  }
  for (const [headers, status] of rows.slice(0, 6)) {
    await assert.rejects(
      Viewer.open(bench, '/ws/v1/boards/f103', { headers }),
      (error) => error.status === status,
      JSON.stringify(headers),
    );
  }
  const viewer = await Viewer.open(bench, '/ws/v1/boards/f103', { headers: { Origin: own } });
  await viewer.until((v) => v.events.length > 0);
  viewer.close();
});

test('WebSocket upgrades that are not quite right are refused before the upgrade', async () => {
  const good = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'benchd.v1',
  };
  const rows = [
    [{}, 426],
    [{ ...good, 'Sec-WebSocket-Version': '12' }, '(400|426)'],
    [{ ...good, 'Sec-WebSocket-Key': 'short' }, 400],
    [{ ...good, 'Sec-WebSocket-Protocol': 'chat' }, '(400|426)'],
  ];
  for (const [headers, status] of rows) {
    const answer = await raw(request('GET', '/ws/v1/boards/f103', headers));
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), JSON.stringify(headers));
  }
  assert.match(await raw(request('GET', '/ws/v1/boards/nobody', good)), /^HTTP\/1\.1 404 /);
  assert.match(await raw(request('GET', '/ws/v1/boards/f103', good)), /^HTTP\/1\.1 101 /);
});

test('a body that dribbles keeps nobody waiting, and is cut in the end', async () => {
  const before = figures(bench.program.pid);
  const socket = connect(bench.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(request('POST', '/api/v1/boards/f103/flash', { 'Content-Length': 100_000 }));
  const drip = setInterval(() => socket.writable && socket.write('x'), 200);
  const closed = once(socket.resume(), 'close');
  try {
    for (let i = 0; i < 20; i++) {
      const { code, ms } = await bench.curl('--fail', '/api/v1/boards');
      assert.equal(code, 0);
      assert.ok(ms < 5000);
    }
    await within(closed, 120_000, () => 'cutting the dribbler');
  } finally {
    clearInterval(drip);
    socket.destroy();
  }
  assert.ok(figures(bench.program.pid).fds <= before.fds + 1);
  assert.equal((await bench.board('f103')).job, null);
});

test('a thousand connections: the daemon lives, and serves when they are gone', async () => {
  const before = figures(bench.program.pid);
  const sockets = await Promise.all(
    Array.from({ length: 1000 }, async () => {
      const socket = connect(bench.port, '127.0.0.1');
      socket.on('error', () => {});
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
      socket.write('GET /healthz HTTP/1.1\r\nHost: local');
      return socket;
    }),
  );
  assert.equal(sockets.length, 1000);
  for (const socket of sockets) socket.destroy();
  const { code, text } = await bench.curl('--fail', '--retry', '5', '/healthz');
  assert.equal(code, 0, text);
  // The last of them may still be on their way out: each answer gives the server a turn.
  let now;
  for (let i = 0; i < 200; i++) {
    await bench.get('/healthz');
    now = figures(bench.program.pid);
    if (now.fds <= before.fds + 2) break;
  }
  assert.ok(now.fds <= before.fds + 2, `${before.fds} descriptors before, ${now.fds} after`);
});
