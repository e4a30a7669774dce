// SPDX-License-Identifier: MIT
// Live responses against docs/openapi.yaml: every path and method of it is called.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { Bench, firmware, TOP, Viewer } from './harness.mjs';

const api = parse(readFileSync(join(TOP, 'docs/openapi.yaml'), 'utf8'), { merge: true });
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ $id: 'benchd', ...api });
const called = new Set();

const pointer = (...path) =>
  `benchd#/${path.map((p) => encodeURIComponent(p.replace(/~/g, '~0').replace(/\//g, '~1'))).join('/')}`;

function follow(node, path) {
  if (!node?.$ref) return path;
  return node.$ref.slice(2).split('/');
}

/** The path of the response object of the contract that fits a status. */
function responsePath(template, method, status) {
  const responses = api.paths[template][method].responses;
  const key = [String(status), `${String(status)[0]}XX`, 'default'].find((k) => responses[k]);
  assert.ok(key, `${method} ${template}: ${status} is not in the contract`);
  if (key === 'default')
    assert.ok(status >= 400, `${method} ${template}: ${status} is not in the contract`);
  return follow(responses[key], ['paths', template, method, 'responses', key]);
}

function holds(schemaPath, value, told) {
  const validate =
    ajv.getSchema(pointer(...schemaPath)) ?? ajv.compile({ $ref: pointer(...schemaPath) });
  const ok = validate(value);
  assert.ok(
    ok,
    `${told}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value, null, 1).slice(0, 3000)}`,
  );
}

let bench;
let job;
before(async () => {
  bench = new Bench({ boards: [{ id: 'f103', part: 'f103rb' }] });
  bench.config.ports = [join(bench.dir, 'spare.tty')];
  await bench.sims.f103.start();
  await bench.start();
  await bench.until('f103', (board) => board.state !== 'absent');
});
after(() => bench?.clear());

/** Calls a row of the contract and holds the answer against it. */
async function call(method, template, { path = {}, query = '', body, headers = {}, status } = {}) {
  called.add(`${method} ${template}`);
  const url =
    bench.url +
    template.replace(/\{(\w+)\}/g, (_, name) => path[name] ?? { id: 'f103', job }[name]) +
    query;
  const isJson = body && typeof body === 'object' && !(body instanceof Uint8Array);
  const response = await fetch(url, {
    method: method.toUpperCase(),
    headers: { ...(isJson ? { 'Content-Type': 'application/json' } : {}), ...headers },
    body: isJson ? JSON.stringify(body) : body,
  });
  const text = await response.text();
  const told = `${method} ${template}${query}: ${response.status}`;
  if (status) assert.equal(response.status, status, `${told} ${text.slice(0, 500)}`);
  const found = responsePath(template, method, response.status);
  const content = found.reduce((node, key) => node[key], api).content;
  if (!content) return undefined;
  const type = (response.headers.get('content-type') ?? '').split(';')[0];
  if (!text && !type) return undefined;
  assert.ok(content[type], `${told}: ${type} is not one of ${Object.keys(content)}`);
  const schemaPath = [...found, 'content', type, 'schema'];
  if (type === 'application/x-ndjson') {
    const lines = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    for (const line of lines) holds(schemaPath, line, told);
    return lines;
  }
  if (!/json$/.test(type)) return text;
  const value = JSON.parse(text);
  holds(schemaPath, value, told);
  return value;
}

test('before anything was done', async () => {
  const { boards } = await call('get', '/api/v1/boards', { status: 200 });
  assert.equal(boards.length, 1);
  await call('get', '/api/v1/boards/{id}', { status: 200 });
  await call('get', '/api/v1/boards/{id}', { path: { id: 'nobody' }, status: 404 });
  await call('get', '/api/v1/boards/{id}/device', { status: 404 });
  await call('get', '/api/v1/boards/{id}/option-bytes', { status: 404 });
  await call('get', '/api/v1/ports', { status: 200 });
  assert.deepEqual((await call('get', '/api/v1/jobs', { status: 200 })).jobs, []);
  assert.deepEqual((await call('get', '/api/v1/firmware', { status: 200 })).firmware, []);
  await call('get', '/api/v1/session', { status: 200 });
  await call('get', '/healthz', { status: 200 });
});

test('jobs of every kind, and what they leave', async () => {
  const image = readFileSync(firmware('f103', 'hex'));
  const identified = await call('post', '/api/v1/boards/{id}/identify', { status: 200 });
  assert.equal(identified.kind, 'identify');
  const device = await call('get', '/api/v1/boards/{id}/device', { status: 200 });
  assert.equal(device.product_id, '0x410');
  await call('post', '/api/v1/boards/{id}/flash', {
    query: '?dry_run=true',
    body: image,
    status: 200,
  });
  const flashed = await call('post', '/api/v1/boards/{id}/flash', {
    query: '?name=fw.hex',
    body: image,
    status: 200,
  });
  assert.equal(flashed.state, 'done');
  job = flashed.id;
  await call('put', '/api/v1/boards/{id}/flash', {
    body: image,
    headers: { Accept: 'application/x-ndjson' },
    status: 200,
  });
  const group = '/api/v1/flash';
  await call('post', group, { query: '?boards=f103', body: image, status: 200 });
  await call('put', group, {
    query: '?boards=f103',
    body: image,
    headers: { Accept: 'application/x-ndjson' },
    status: 200,
  });
  await call('post', group, {
    query: '?boards=f103&expect=never&timeout=0.1',
    body: image,
    status: 502,
  });
  const waiting = await call('post', group, {
    query: '?boards=f103',
    body: image,
    headers: { Prefer: 'respond-async' },
    status: 202,
  });
  await call('get', '/api/v1/jobs/{job}/events', { path: { job: waiting.jobs[0].id } });
  await call('put', '/api/v1/boards/{id}/verify', { body: image, status: 200 });
  await call('post', '/api/v1/boards/{id}/verify', {
    query: `?firmware=${flashed.image.sha256}`,
    status: 200,
  });
  await call('post', '/api/v1/boards/{id}/read', {
    query: '?address=0x08000000&length=256',
    status: 200,
  });
  await call('post', '/api/v1/boards/{id}/erase', { body: { sectors: [100] }, status: 200 });
  await call('put', '/api/v1/boards/{id}/protection', { body: { write: [] }, status: 200 });
  const options = '/api/v1/boards/{id}/option-bytes';
  await call('get', options, { status: 200 });
  await call('post', options, { status: 200 });
  await call('put', options, { body: { fields: { Data0: 42 } }, status: 200 });
  await call('put', options, { body: { fields: { RDP: 0 } }, status: 422 });
  const seen = await call('post', '/api/v1/boards/{id}/doctor', { status: 200 });
  assert.equal(seen.result.verdict, 'fine');
  await call('post', '/api/v1/boards/{id}/probe', { body: {}, status: 422 });
  await call('post', '/api/v1/boards/{id}/power', { body: { state: 'cycle' }, status: 422 });
  await call('post', '/api/v1/boards/{id}/go', { body: { address: '0x08000000' }, status: 200 });
  await call('post', '/api/v1/boards/{id}/reset', { body: { into: 'bootloader' }, status: 200 });
  await call('post', '/api/v1/boards/{id}/reset', { body: { into: 'application' }, status: 200 });
  const expected = await call('post', '/api/v1/boards/{id}/expect', {
    body: { pattern: 'benchd (\\w+)', fail: 'fault', reset: true, timeout_s: 30 },
    status: 200,
  });
  for (const format of ['junit', 'json'])
    await call('get', '/api/v1/jobs/{job}/report', {
      path: { job: expected.id },
      query: `?format=${format}`,
      status: 200,
    });
  const silent = await call('post', '/api/v1/boards/{id}/expect', {
    body: { results: 'auto', from: 'reset', timeout_s: 0.1 },
    status: 504,
  });
  assert.equal(silent.job.result.expect.outcome, 'timed_out');
  const accepted = await call('post', '/api/v1/boards/{id}/identify', {
    headers: { Prefer: 'respond-async' },
    status: 202,
  });
  await call('get', '/api/v1/jobs/{job}/events', { path: { job: accepted.id }, status: 200 });
  await call('get', '/api/v1/jobs/{job}', { status: 200 });
  await call('delete', '/api/v1/jobs/{job}', { status: 409 });
  await call('get', '/api/v1/jobs', { query: '?board=f103&state=done&limit=3', status: 200 });
  await call('get', '/api/v1/firmware', { status: 200 });
  await call('get', '/api/v1/boards/{id}', { status: 200 });
});

test('the console', async () => {
  await call('get', '/api/v1/boards/{id}/console', { query: '?from=-100', status: 200 });
  for (const view of ['stamped', 'text', 'hex', 'csv', 'ndjson'])
    await call('get', '/api/v1/boards/{id}/console', { query: `?view=${view}`, status: 200 });
  await call('get', '/api/v1/boards/{id}/console/streams', { status: 200 });
  await call('get', '/api/v1/boards/{id}/console', {
    query: '?from=-100',
    headers: { Accept: 'application/x-ndjson' },
    status: 200,
  });
  await call('post', '/api/v1/boards/{id}/console', { body: 'hello\r\n' });
  await call('post', '/api/v1/boards/{id}/console', { query: '?take=true', body: 'hello\r\n' });
  const search = '/api/v1/boards/{id}/console/search';
  const query = '?pattern=(b)enchd%20hello&ignore_case=true&limit=1';
  const { matches } = await call('get', search, { query, status: 200 });
  // A job may have cut the line short.
  assert.match(matches[0].line, /^benchd hello/);
  await call('get', search, { query: '?pattern=(', status: 422 });
  await call('post', '/api/v1/boards/{id}/console/break', { status: 204 });
  const slower = { baud: 57600, frame: '8N2' };
  const put = '/api/v1/boards/{id}/console/settings';
  const changed = await call('put', put, { body: slower, status: 200 });
  assert.deepEqual({ ...changed.console, ...slower }, changed.console);
  await call('put', put, { body: { baud: 115200, frame: '8N1' }, status: 200 });
  await call('put', put, { body: { rate: 9600 }, status: 422 });
  await call('put', put, { body: { baud: 1 }, status: 422 });
  await call('get', '/ws/v1/boards/{id}', { status: 426 });
  await call('get', '/ws/v1/events', { status: 426 });
});

test('sessions without tokens', async () => {
  await call('post', '/api/v1/session', { body: { token: 'none' } });
  await call('delete', '/api/v1/session');
});

test('problems: every refusal has the shape, and a page that explains it', async () => {
  const rows = [
    ['post', '/api/v1/boards/{id}/flash', { status: 400 }],
    ['post', '/api/v1/boards/{id}/flash', { query: '?nonsense=1', body: 'x', status: 422 }],
    ['post', '/api/v1/flash', { body: 'x', status: 422 }],
    ['post', '/api/v1/flash', { query: '?boards=f103,nobody', body: 'x', status: 404 }],
    ['post', '/api/v1/boards/{id}/erase', { body: { mas: true }, status: 422 }],
    ['post', '/api/v1/boards/{id}/erase', { body: '{', status: 400 }],
    ['post', '/api/v1/boards/{id}/reset', { body: { into: 'space' }, status: 422 }],
    ['get', '/api/v1/jobs/{job}', { path: { job: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, status: 404 }],
  ];
  for (const [method, template, more] of rows) {
    const problem = await call(method, template, more);
    assert.equal(problem.type, `/problems/${problem.code}`);
    const page = await fetch(bench.url + problem.type);
    assert.equal(page.status, 200, problem.type);
  }
  const wrong = await fetch(`${bench.url}/api/v1/boards`, { method: 'PATCH' });
  assert.equal(wrong.status, 405);
  assert.match(wrong.headers.get('allow'), /GET/);
  holds(['components', 'schemas', 'Problem'], await wrong.json(), '405');
});

test('WebSocket events', async () => {
  const viewer = await Viewer.open(bench, '/ws/v1/boards/f103');
  const flash = bench.curl(
    '--fail-with-body',
    '-T',
    firmware('f103', 'hex'),
    '/api/v1/boards/f103/flash',
  );
  await viewer.until((v) =>
    [...v.jobs.values()].find(
      (one) => one.state === 'done' && one.kind === 'flash' && one.id !== job,
    ),
  );
  assert.equal((await flash).code, 0);
  for (const event of viewer.events) {
    holds(['components', 'schemas', 'Event'], event, `event ${event.type}`);
  }
  for (const board of viewer.boards.values())
    holds(['components', 'schemas', 'Board'], board, 'board of an event');
  for (const one of viewer.jobs.values())
    holds(['components', 'schemas', 'Job'], one, 'job of an event');
  viewer.close();
});

test('boards of the API', async () => {
  const settings = { port: join(bench.dir, 'no-such.tty') };
  await call('put', '/api/v1/boards/{id}', { path: { id: 'new' }, body: settings, status: 403 });
  const spare = { path: { id: 'spare' } };
  const port = join(bench.dir, 'spare.tty');
  const whole = {
    port,
    label: 'Spare',
    tags: ['a'],
    console: { baud: 9600, frame: '8E1', log: false, log_bytes: 1 << 20, writers: 'any' },
    bootloader: { baud: 'auto', frame: '8E1', burst: true },
    recovery: { reattach_s: 5 },
    supply_mv: 3300,
    expect_unique_id: null,
  };
  const controls = [
    { kind: 'manual', wait_s: 5 },
    { kind: 'lines', reset: 'dtr', boot0: '!rts', pulse_ms: 5, settle_ms: 0 },
    { kind: 'gpio', chip: '/dev/gpiochip0', reset: 4, boot0: '!5', pulse_ms: 5, settle_ms: 0 },
    { kind: 'console', send: 'bootloader\r', wait_ms: 100 },
  ];
  for (const body of [{ port }, ...controls.map((control) => ({ ...whole, control }))]) {
    holds(['components', 'schemas', 'BoardSettings'], body, 'what is put');
    await call('put', '/api/v1/boards/{id}', { ...spare, body });
    const kept = await call('get', '/api/v1/boards/{id}/settings', { ...spare, status: 200 });
    assert.deepEqual(kept, body);
  }
  const taken = { path: { id: 'other' }, body: { port }, status: 409 };
  assert.equal((await call('put', '/api/v1/boards/{id}', taken)).code, 'port_taken');
  const bad = { ...spare, body: { port, label: '', bogus: 1 }, status: 422 };
  assert.equal((await call('put', '/api/v1/boards/{id}', bad)).errors.length, 2);
  await call('delete', '/api/v1/boards/{id}', { ...spare, status: 204 });
  await call('delete', '/api/v1/boards/{id}', { status: 409 });
  await call('get', '/api/v1/boards/{id}/settings', { status: 409 });
});

test('the description that is served is this one', async () => {
  const { body } = await bench.get('/api/openapi.json');
  called.add('get /api/openapi.json');
  assert.deepEqual(body, JSON.parse(JSON.stringify(api)));
});

test('every row of the contract was called', () => {
  const rows = Object.entries(api.paths).flatMap(([path, item]) =>
    ['get', 'put', 'post', 'delete']
      .filter((method) => item[method])
      .map((method) => `${method} ${path}`),
  );
  assert.deepEqual(
    rows.filter((row) => !called.has(row)),
    [],
  );
});
