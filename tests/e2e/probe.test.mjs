// SPDX-License-Identifier: MIT
// The wiring probe through the shipped benchd, on ttys that the preload library makes serial ports:
// each role and polarity of DTR and RTS is found, and then flashes; opening the port resets no
// board whose wiring allows that.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Bench, firmware, preload } from './harness.mjs';

const WIRINGS = [];
for (const [reset, boot0] of [
  ['dtr', 'rts'],
  ['rts', 'dtr'],
])
  for (const r of ['', '!'])
    for (const b of ['', '!']) WIRINGS.push({ reset: r + reset, boot0: b + boot0 });
const idOf = ({ reset, boot0 }) => `w-${reset}-${boot0}`.replaceAll('!', 'n');

/** Boards of this wiring, all by hand, as nobody knows better. */
async function start(boards, more = {}) {
  const bench = new Bench({
    boards: boards.map((board) => ({ part: 'f103rb', ...board })),
    ...more,
  });
  for (const board of bench.config.boards) board.control = { kind: 'manual' };
  const pairs = Object.values(bench.sims).map(({ link, socket }) => `${link}=${socket}`);
  bench.env = { LD_PRELOAD: await preload('preload'), BENCHD_PRELOAD: pairs.join(',') };
  try {
    await Promise.all(Object.values(bench.sims).map((sim) => sim.start()));
    bench.resets = await counts(bench);
    await bench.start();
  } catch (error) {
    await bench.clear();
    throw error;
  }
  return bench;
}

async function counts(bench) {
  const entries = Object.entries(bench.sims).map(async ([id, sim]) => [
    id,
    Number(/resets=(\d+)/.exec(await sim.ctl('stats'))[1]),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

async function probe(bench, id) {
  const { json, text } = await bench.curl('-X', 'POST', `/api/v1/boards/${id}/probe`);
  assert.equal(json?.kind, 'probe', text);
  assert.equal(json.state, 'done', text);
  return json.result;
}

let bench;
before(async () => {
  bench = await start(
    WIRINGS.map((wiring) => ({
      id: idOf(wiring),
      options: ['--wire-reset', wiring.reset, '--wire-boot0', wiring.boot0],
    })),
  );
});
after(() => bench?.clear());

test('opening the port resets no board whose reset is on a cleared line', async () => {
  const now = await counts(bench);
  for (const wiring of WIRINGS.filter(({ reset }) => reset.startsWith('!')))
    assert.equal(now[idOf(wiring)], bench.resets[idOf(wiring)], idOf(wiring));
});

test('every wiring is found, and told', async () => {
  await Promise.all(
    WIRINGS.map(async (wiring) => {
      const result = await probe(bench, idOf(wiring));
      assert.equal(result.found, true, JSON.stringify(result));
      assert.deepEqual(result.control, { kind: 'lines', ...wiring });
      assert.ok(result.tried.at(-1).answered, JSON.stringify(result.tried));
      assert.equal((await bench.board(idOf(wiring))).state, 'idle');
    }),
  );
});

test('what was found flashes, and a restart of benchd resets nothing', async () => {
  await bench.stop();
  for (const board of bench.config.boards) {
    const wiring = WIRINGS.find((one) => idOf(one) === board.id);
    board.control = { kind: 'lines', ...wiring };
  }
  await bench.start();
  for (const wiring of WIRINGS) {
    const path = `/api/v1/boards/${idOf(wiring)}/flash`;
    const flashed = await bench.curl('-T', firmware('f103', 'bin'), path);
    assert.equal(flashed.json?.state, 'done', flashed.text);
    assert.equal(flashed.json.result.started, 'reset');
    assert.match(await bench.sims[idOf(wiring)].ctl('stats'), /runs=application/);
  }
  const before = await counts(bench);
  await bench.stop();
  await bench.start();
  const now = await counts(bench);
  for (const wiring of WIRINGS.filter(({ reset }) => reset.startsWith('!')))
    assert.equal(now[idOf(wiring)], before[idOf(wiring)], idOf(wiring));
});

test('reset alone, none at all, and its progress', async () => {
  const odd = await start([
    { id: 'reset', options: ['--wire-reset', 'rts', '--miswire', 'boot0-high'] },
    { id: 'none', options: ['--miswire', 'boot0-high'] },
  ]);
  try {
    const alone = await probe(odd, 'reset');
    assert.deepEqual(alone.control, { kind: 'lines', reset: 'rts' });
    assert.match(alone.text, /Only reset/);
    const none = await probe(odd, 'none');
    assert.equal(none.found, false);
    assert.equal(none.control, null);
    assert.match(none.text, /no reset is wired/);
    const { text } = await odd.curl(
      '-X',
      'POST',
      '-H',
      'Accept: application/x-ndjson',
      '/api/v1/boards/reset/probe',
    );
    const events = text.trim().split('\n').map(JSON.parse);
    assert.ok(events.some(({ type, reset }) => type === 'tried' && reset === 'rts'));
    assert.equal(events.at(-1).job.result.found, true);
  } finally {
    await odd.clear();
  }
});

test('a port without modem lines says so', async () => {
  const plain = await Bench.start();
  try {
    const { status, body } = await plain.post('/api/v1/boards/f103/probe');
    assert.equal(status, 422, JSON.stringify(body));
    assert.equal(body.code, 'unsupported');
    assert.match(body.detail, /no DTR and RTS/);
  } finally {
    await plain.clear();
  }
});
