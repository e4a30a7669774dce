// SPDX-License-Identifier: MIT
// Boards that requests add, change and take away while benchd runs, and that a restart brings back.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Bench, firmware, Sim, Viewer } from './harness.mjs';

let bench;
let spare;
let other;

before(async () => {
  bench = new Bench({ boards: [{ id: 'f103', part: 'f103rb' }] });
  spare = new Sim(bench.dir, { id: 'spare', part: 'f103rb' });
  other = new Sim(bench.dir, { id: 'other', part: 'f407vg' });
  bench.config.ports = [spare.link, other.link];
  await Promise.all([bench.sims.f103.start(), spare.start(), other.start()]);
  await bench.start();
});
after(async () => {
  try {
    await bench?.clear();
  } finally {
    await Promise.all([spare?.program?.stop(), other?.program?.stop()]);
  }
});

async function ask(method, path, body) {
  const response = await fetch(`${bench.url}/api/v1/boards/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}

const settings = (more = {}) => ({
  port: spare.link,
  label: 'Spare',
  tags: ['f1'],
  control: { kind: 'manual', wait_s: 30 },
  ...more,
});

test('what a request may not say is refused, and nothing is added', async () => {
  const refusals = [
    ['Spare', settings(), 422, 'bad_parameter'],
    ['spare', {}, 422, 'bad_settings'],
    ['spare', settings({ bogus: 1 }), 422, 'bad_settings'],
    ['spare', settings({ port: join(bench.dir, 'benchd.json') }), 403, 'configuration_only'],
    [
      'spare',
      settings({ control: { kind: 'command', bootloader: ['true'], application: ['true'] } }),
      403,
      'configuration_only',
    ],
    ['spare', settings({ power: { off: ['true'], on: ['true'] } }), 403, 'configuration_only'],
    ['f103', settings(), 409, 'configured_in_file'],
  ];
  for (const [id, body, status, code] of refusals) {
    const answer = await ask('PUT', id, body);
    assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(body));
    assert.ok(answer.body.detail.length > 10);
  }
  const { body } = await bench.get('/api/v1/boards');
  assert.deepEqual(
    body.boards.map(({ id, configured }) => [id, configured]),
    [['f103', 'file']],
  );
  assert.equal((await ask('DELETE', 'f103')).body.code, 'configured_in_file');
  assert.equal((await ask('GET', 'f103/settings')).body.code, 'configured_in_file');
});

test('each wrong setting is told with the place where it stands', async () => {
  const wrong = settings({
    control: { kind: 'lines', reset: 'cts' },
    console: { baud: 1 },
    tags: ['good', ''],
    'a/b c~': 1,
  });
  const { status, body } = await ask('PUT', 'spare', wrong);
  assert.equal(status, 422);
  assert.deepEqual(
    body.errors.map(({ pointer }) => pointer).sort(),
    ['#/a~1b%20c~0', '#/console/baud', '#/control/reset', '#/tags/1'],
    JSON.stringify(body),
  );
  for (const { detail } of body.errors) assert.ok(detail.length > 5);
  assert.match(body.detail, /tags\[1\]: must not be empty\n.*control\.reset: must be /);
});

test('a board is added on a listed port, flashed, changed, and there after a restart', async () => {
  const { body: ports } = await bench.get('/api/v1/ports');
  assert.ok(ports.ports.some(({ name, board }) => name === spare.link && board === null));

  const added = await ask('PUT', 'spare', settings());
  assert.equal(added.status, 201, JSON.stringify(added.body));
  assert.equal(added.body.configured, 'api');
  assert.equal((await ask('PUT', 'other', settings())).body.code, 'port_taken');
  await bench.until('spare', (board) => board.state === 'idle');

  await spare.ctl('bootloader');
  const flashed = await bench.curl(
    '--fail-with-body',
    '-T',
    firmware('f103', 'hex'),
    '/api/v1/boards/spare/flash',
  );
  assert.equal(flashed.code, 0, flashed.text);

  const changed = await ask('PUT', 'spare', settings({ label: 'Renamed' }));
  assert.deepEqual([changed.status, changed.body.label], [200, 'Renamed']);
  assert.deepEqual((await ask('GET', 'spare/settings')).body, settings({ label: 'Renamed' }));

  await bench.stop();
  await bench.start();
  const board = await bench.until('spare', ({ state }) => state !== 'absent');
  assert.deepEqual([board.label, board.configured], ['Renamed', 'api']);
  assert.equal(board.device.product_id, '0x410');
});

test('a board that is taken away is gone for all, and stays so', async () => {
  const viewer = await Viewer.open(bench, '/ws/v1/boards/spare');
  assert.equal((await ask('DELETE', 'spare')).status, 204);
  assert.equal((await viewer.closed).code, 4404);
  assert.equal((await ask('DELETE', 'spare')).status, 404);
  await bench.stop();
  await bench.start();
  assert.equal((await bench.get('/api/v1/boards/spare')).status, 404);
  assert.equal((await ask('PUT', 'again', settings())).status, 201);
});

test('an id that comes back on another chip has nothing of the one before', async () => {
  assert.equal((await ask('DELETE', 'again')).status, 204);
  assert.equal((await ask('PUT', 'spare', settings())).status, 201);
  const known = await bench.until('spare', ({ state }) => state !== 'absent');
  assert.deepEqual([known.device.product_id, known.image?.format], ['0x410', 'hex']);
  assert.equal((await ask('DELETE', 'spare')).status, 204);

  assert.equal((await ask('PUT', 'spare', settings({ port: other.link }))).status, 201);
  await bench.until('spare', ({ state }) => state !== 'absent');
  await other.ctl('bootloader');
  const { code, text } = await bench.curl(
    '--fail-with-body',
    '-X',
    'POST',
    '/api/v1/boards/spare/identify',
  );
  assert.equal(code, 0, text);
  const { body } = await bench.get('/api/v1/boards/spare');
  assert.deepEqual([body.device.product_id, body.image], ['0x413', null]);
});
