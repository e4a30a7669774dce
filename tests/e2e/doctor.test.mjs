// SPDX-License-Identifier: MIT
// The doctor through the shipped binary: each fault that the simulator shows gets its name, nothing
// of the part is changed, and the board goes back to what it was doing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { Bench, firmware, preload } from './harness.mjs';

let bench;
before(async () => {
  bench = await Bench.start({
    boards: [{ id: 'f103', part: 'f103rb', console: { baud: 115200 } }],
  });
  const flashed = await bench.curl('-T', firmware('f103', 'bin'), '/api/v1/boards/f103/flash');
  assert.equal(flashed.json.state, 'done', flashed.text);
});
after(() => bench?.clear());

async function examine(on = bench, id = 'f103') {
  const { json, text } = await on.curl('-X', 'POST', `/api/v1/boards/${id}/doctor`);
  assert.equal(json?.kind, 'doctor', text);
  assert.equal(json.state, 'done', text);
  const { verdict, title, detail, steps, try: tries } = json.result;
  assert.ok(title && detail && tries.length > 0, text);
  assert.equal(steps[0].step, 'port');
  return { verdict, ...json.result };
}

const faults = [
  ['boot0-low', 'application_talks', 'restart'],
  ['joined', 'echo', 'sync'],
  ['no-parity', 'no_parity', 'commands'],
  ['bad-clock', 'wrong_rate', 'sync'],
  ['other-interface', 'wrong_interface', 'sync'],
  ['no-rx', 'silent', 'sync'],
];
for (const [miswire, verdict, failed] of faults) {
  test(`${miswire}: ${verdict}`, async () => {
    const sim = bench.sims.f103;
    await sim.ctl('miswire', miswire, 'on');
    const result = await examine();
    await sim.ctl('miswire', miswire, 'off');
    assert.equal(result.verdict, verdict, JSON.stringify(result));
    assert.ok(
      result.steps.some(({ step, ok }) => step === failed && !ok),
      JSON.stringify(result.steps),
    );
    assert.equal((await bench.board('f103')).state, 'idle');
  });
}

test('nothing is wrong, and the application runs again', async () => {
  const result = await examine();
  assert.equal(result.verdict, 'fine', JSON.stringify(result));
  assert.match(result.detail, /STM32F10/);
  assert.match(result.seen, /79/);
  const stats = await bench.sims.f103.ctl('stats');
  assert.match(stats, /runs=application/);
});

test('a board that was left in its bootloader stays there', async () => {
  const into = await bench.post('/api/v1/boards/f103/reset', { into: 'bootloader' });
  assert.equal(into.body.state, 'done');
  assert.equal((await examine()).verdict, 'fine');
  assert.equal((await bench.board('f103')).state, 'bootloader');
  await bench.post('/api/v1/boards/f103/reset', { into: 'application' });
});

test('its steps are told as they end', async () => {
  const { text } = await bench.curl(
    '-X',
    'POST',
    '-H',
    'Accept: application/x-ndjson',
    '/api/v1/boards/f103/doctor',
  );
  const events = text.trim().split('\n').map(JSON.parse);
  const steps = events.filter(({ type }) => type === 'step').map(({ step }) => step);
  assert.deepEqual(steps, ['port', 'listen', 'restart', 'sync', 'commands', 'identify']);
  assert.equal(events.at(-1).type, 'outcome');
});

test('protection is told', async () => {
  await bench.sims.f103.ctl('protect', 'on');
  const result = await examine();
  await bench.sims.f103.ctl('protect', 'off');
  assert.equal(result.verdict, 'read_protected');
});

test('a port that is not there, and one that somebody has', async () => {
  const sim = bench.sims.f103;
  await sim.ctl('unplug');
  await bench.until('f103', (board) => board.state === 'absent');
  assert.equal((await examine()).verdict, 'no_port');
  await bench.stop();
  await sim.ctl('replug');
  const holder = spawn('flock', ['-n', sim.link, '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const sims = bench.sims;
  bench.sims = {}; // start() waits for boards to be there
  await bench.start();
  bench.sims = sims;
  const result = await examine();
  assert.equal(result.verdict, 'port_busy', JSON.stringify(result));
  assert.match(result.detail, /in use by \w+ \(pid \d+\)/);
  holder.stdin.end();
  await once(holder, 'close');
  assert.equal((await examine()).verdict, 'fine');
  assert.equal((await bench.board('f103')).state, 'idle');
});

test('reset is pulled, and the bootloader is in step all the same', async () => {
  const wired = new Bench({
    boards: [
      {
        id: 'f103',
        part: 'f103rb',
        options: ['--wire-reset', 'dtr', '--wire-boot0', '!rts'],
        control: { kind: 'lines', reset: 'dtr', boot0: '!rts' },
      },
    ],
  });
  const { link, socket } = wired.sims.f103;
  wired.env = { LD_PRELOAD: await preload('preload'), BENCHD_PRELOAD: `${link}=${socket}` };
  try {
    await wired.sims.f103.start();
    await wired.start();
    const path = '/api/v1/boards/f103/flash';
    const flashed = await wired.curl('-T', firmware('f103', 'bin'), path);
    assert.equal(flashed.json.state, 'done', flashed.text);
    assert.equal((await examine(wired)).verdict, 'fine');
    const into = await wired.post('/api/v1/boards/f103/reset', { into: 'bootloader' });
    assert.equal(into.body.state, 'done');
    await wired.sims.f103.ctl('miswire', 'no-reset', 'on');
    assert.equal((await examine(wired)).verdict, 'reset_does_nothing');
  } finally {
    await wired.clear();
  }
});
