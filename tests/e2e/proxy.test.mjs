// SPDX-License-Identifier: MIT
// Behind nginx, with the very configuration that docker/ ships: TLS, kept-alive upstreams.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Bench, bigImage, firmware, Program, run, TOP, Viewer } from './harness.mjs';

let bench;
let nginx;
let proxy; // what stands before the bench: {url, headers}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

before(async () => {
  bench = await Bench.start({ boards: [{ id: 'f103', part: 'f103rb' }] });
  const port = await freePort();
  const at = (name) => join(bench.dir, name);
  const made = await run(
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost
		-keyout ${at('key.pem')} -out ${at('cert.pem')}`.split(/\s+/),
  );
  assert.equal(made.code, 0, made.errors);
  const replace = [
    [/server benchd:8080;/, `server 127.0.0.1:${bench.port};`],
    [/listen 443 ssl;/, `listen 127.0.0.1:${port} ssl;`],
    [/\/etc\/nginx\/tls\/cert\.pem/, at('cert.pem')],
    [/\/etc\/nginx\/tls\/key\.pem/, at('key.pem')],
    [
      /^http \{$/m,
      `http {\n${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((kind) => `${kind}_temp_path ${at(`nginx-${kind}`)};`)
        .join('\n')}\naccess_log ${at('access.log')};`,
    ],
  ];
  let text = readFileSync(join(TOP, 'docker/nginx.conf'), 'utf8');
  for (const [from, to] of replace) {
    assert.match(text, from);
    text = text.replace(from, to);
  }
  const own = `daemon off; master_process off; pid ${at('nginx.pid')}; error_log stderr notice;\n`;
  writeFileSync(at('nginx.conf'), own + text);
  nginx = new Program(['/usr/sbin/nginx', '-e', 'stderr', '-p', bench.dir, '-c', at('nginx.conf')]);
  proxy = { url: `https://127.0.0.1:${port}`, headers: {} };
  // nginx says nothing when it listens: curl asks until it does.
  const { code, errors } = await bench.curl(
    '-k',
    '--fail',
    '--retry-connrefused',
    '--retry',
    '20',
    '--retry-delay',
    '1',
    `${proxy.url}/healthz`,
  );
  assert.equal(code, 0, `${errors}${nginx.errors}`);
});
after(async () => {
  await nginx?.stop();
  await bench?.clear();
});

test('WebSockets work on connections that the proxy used before', async () => {
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  for (let i = 0; i < 60; i++) {
    // Each leaves a kept-alive connection to benchd behind for the next upgrade to be sent on.
    const { code } = await bench.curl(
      '-k',
      '--fail',
      `${proxy.url}/api/v1/boards`,
      `${proxy.url}/healthz`,
    );
    assert.equal(code, 0);
    const viewer = await Viewer.open(proxy, '/ws/v1/boards/f103', {
      agent,
      rejectUnauthorized: false,
      origin: proxy.url,
    });
    const snapshot = await viewer.until((v) => v.events[0]);
    assert.equal(snapshot.type, 'snapshot');
    viewer.close();
  }
  agent.destroy();
});

test('64 MiB go through', async () => {
  const large = join(bench.dir, 'large.bin');
  writeFileSync(large, Buffer.alloc(64 * 1024 * 1024, 0xa5));
  const { json, text } = await bench.curl(
    '-k',
    '-T',
    large,
    `${proxy.url}/api/v1/boards/f103/flash`,
  );
  assert.equal(json?.status, 422, text); // read to the end, and larger than the part
  assert.match(json.code, /^(image_too_large|out_of_range|not_an_application)$/);
});

test('a byte more than the limit is 413', async () => {
  const large = join(bench.dir, 'larger.bin');
  writeFileSync(large, Buffer.alloc(64 * 1024 * 1024 + 1, 0xa5));
  const { json } = await bench.curl('-T', large, '/api/v1/boards/f103/flash');
  assert.equal(json.code, 'too_large');
});

test('NDJSON streams through, and its cut shows', async () => {
  const big = bigImage(bench.dir, 16 * 1024);
  const args = ['-k', '--http1.1', '-N', '-H', 'Accept: application/x-ndjson'];
  const good = await bench.curl(...args, '-T', big, `${proxy.url}/api/v1/boards/f103/flash`);
  assert.equal(good.code, 0, good.errors);
  const lines = good.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(lines.filter((line) => line.type === 'progress').length > 2);
  assert.equal(lines.at(-1).job.state, 'done');

  const started = fetchEvents(big);
  const board = await bench.until('f103', (b) => b.job);
  await bench.curl('-X', 'DELETE', `/api/v1/jobs/${board.job}`);
  const cut = await started;
  assert.notEqual(cut.code, 0, 'the cut is seen');
  assert.equal(JSON.parse(cut.text.trim().split('\n').at(-1)).job.state, 'cancelled');

  function fetchEvents(file) {
    return bench.curl(...args, '-T', file, `${proxy.url}/api/v1/boards/f103/flash`);
  }
});

test('a flash through the proxy, and its problem when it fails', async () => {
  const good = await bench.curl(
    '-k',
    '--fail-with-body',
    '-T',
    firmware('f103', 'hex'),
    `${proxy.url}/api/v1/boards/f103/flash`,
  );
  assert.equal(good.code, 0, good.text);
  const bad = await bench.curl(
    '-k',
    '--fail-with-body',
    '-T',
    firmware('f103', 'hex'),
    `${proxy.url}/api/v1/boards/nobody/flash`,
  );
  assert.equal(bad.code, 22);
  assert.equal(bad.json.code, 'no_such_board');
});

test('a foreign page is refused through the proxy, too', async () => {
  const evil = await bench.curl(
    '-k',
    '-X',
    'POST',
    '-H',
    'Origin: https://evil.example',
    `${proxy.url}/api/v1/boards/f103/identify`,
  );
  assert.equal(evil.json.code, 'cross_site');
});
