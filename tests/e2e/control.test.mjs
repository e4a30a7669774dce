// SPDX-License-Identifier: MIT
// The ways of restarting a board, each through the shipped binary.
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Bench, firmware, preload } from './harness.mjs';

async function flash(bench, id, name = 'hello') {
  const { json, code, text } = await bench.curl(
    '--fail-with-body',
    '-T',
    firmware('f103', 'hex', name),
    `/api/v1/boards/${id}/flash`,
  );
  assert.equal(code, 0, text);
  assert.equal(json.state, 'done');
  return json;
}

/** A bench whose boards hang on GPIO lines: pins of a board as preload_gpio.c reads them. */
async function gpioBench(boards, { denied = false } = {}) {
  const bench = new Bench({
    boards: boards.map(({ id, control }) => ({ id, part: 'f103rb', control })),
  });
  const chip = join(bench.dir, 'gpiochip0');
  symlinkSync('/dev/null', chip);
  for (const board of bench.config.boards) board.control.chip = chip;
  const lines = boards.flatMap(({ id, pins }) =>
    Object.entries(pins).map(([line, pin]) =>
      pin === 'used' ? `${line}=used` : `${line}=${pin}@${bench.sims[id].socket}`,
    ),
  );
  bench.env = {
    LD_PRELOAD: await preload('preload_gpio'),
    BENCHD_GPIO: [chip, ...lines].join(','),
    ...(denied ? { BENCHD_GPIO_DENIED: '1' } : {}),
  };
  return bench;
}

/** A start that does not wait for boards that will stay absent. */
async function startRefused(bench) {
  const { sims } = bench;
  bench.sims = {};
  await bench.start();
  bench.sims = sims;
}

const gpio = (reset, boot0) => ({ kind: 'gpio', reset, boot0, pulse_ms: 5, settle_ms: 10 });

test('gpio: two boards on one chip are flashed, straight and through transistors', async (t) => {
  const bench = await gpioBench([
    { id: 'pi', control: gpio(27, 17), pins: { 27: 'nrst', 17: 'boot0' } },
    { id: 'npn', control: gpio('!22', '!23'), pins: { 22: '!nrst', 23: '!boot0' } },
  ]);
  t.after(() => bench.clear());
  await Promise.all(Object.values(bench.sims).map((sim) => sim.start()));
  await bench.start();
  for (const id of ['pi', 'npn']) {
    const job = await flash(bench, id);
    assert.equal(job.result.started, 'reset');
    assert.match(await bench.sims[id].ctl('stats'), /runs=application/);
    const { json } = await bench.curl(
      '--json',
      '{"into":"bootloader"}',
      `/api/v1/boards/${id}/reset`,
    );
    assert.equal(json.state, 'done');
    assert.equal((await bench.board(id)).state, 'bootloader');
    assert.equal((await bench.board(id)).control, 'gpio');
  }
});

const byFirmware = { kind: 'console', send: 'bootloader\r', wait_ms: 250 };

/** A board without reset and BOOT0 lines, with the firmware in its flash already. */
async function consoleBench(part, control = byFirmware) {
  const bench = new Bench({ boards: [{ id: 'b', part, control, bootloader: { baud: 115200 } }] });
  const flash = join(bench.dir, 'flash.bin');
  const cells = Buffer.alloc(part === 'f407vg' ? 1 << 20 : 1 << 17, 0xff);
  readFileSync(firmware(part.slice(0, 4), 'bin')).copy(cells);
  writeFileSync(flash, cells);
  bench.sims.b.options = ['--flash', flash];
  await bench.sims.b.start();
  await bench.start();
  return bench;
}

for (const part of ['f103rb', 'f407vg'])
  test(`console: the ${part}'s firmware leaves for the ROM, again and again`, async (t) => {
    const bench = await consoleBench(part);
    t.after(() => bench.clear());
    const resets = (await bench.sims.b.ctl('stats')).match(/resets=\d+/)[0];
    const file = (name) => firmware(part.slice(0, 4), 'hex', name);
    /** Afterwards its program listens: only then can it be asked again. */
    const untilItListens = async (act) => {
      const { offset } = (await bench.board('b')).console;
      const answer = await act();
      await bench.hears('b', /type help and Enter.*> /s, offset);
      return answer;
    };
    for (let round = 0; round < 3; round++) {
      const { json, code, text } = await untilItListens(() =>
        bench.curl('--fail-with-body', '-T', file('hello'), '/api/v1/boards/b/flash'),
      );
      assert.equal(code, 0, text);
      assert.equal(json.result.started, 'go');
      const identified = await untilItListens(() =>
        bench.curl('-X', 'POST', '/api/v1/boards/b/identify'),
      );
      assert.equal(identified.json.state, 'done', identified.text);
    }
    const { json } = await untilItListens(() =>
      bench.curl('--json', '{"into":"application"}', '/api/v1/boards/b/reset'),
    );
    assert.equal(json.state, 'done');
    assert.equal(json.result.started, 'go');
    const stats = await bench.sims.b.ctl('stats');
    assert.match(stats, /runs=application/);
    assert.match(stats, new RegExp(`${resets} `), 'the reset pin was never touched');
    await bench.hears('b', /leaving for the ROM/); // what it says on leaving is kept
  });

test('console: a board left in the bootloader is spoken to as it is, and a reset brings it back', async (t) => {
  const bench = await consoleBench('f103rb');
  t.after(() => bench.clear());
  const { json } = await bench.curl('--json', '{"into":"bootloader"}', '/api/v1/boards/b/reset');
  assert.equal(json.state, 'done');
  assert.equal((await bench.board('b')).state, 'bootloader');
  const again = await bench.curl('-X', 'POST', '/api/v1/boards/b/identify');
  assert.equal(again.json.state, 'done');
  assert.equal((await bench.board('b')).state, 'bootloader');
  const back = await bench.curl('--json', '{"into":"application"}', '/api/v1/boards/b/reset');
  assert.equal(back.json.result.started, 'go');
  await bench.until('b', ({ state }) => state === 'idle');
});

test('console: a firmware that does not react is told so', async (t) => {
  const bench = await consoleBench('f103rb', { ...byFirmware, send: 'update\r' });
  t.after(() => bench.clear());
  const { json } = await bench.curl('-X', 'POST', '/api/v1/boards/b/identify');
  assert.equal(json.status, 504);
  assert.equal(json.code, 'bootloader_not_entered');
  assert.match(json.detail, /did not enter the bootloader/);
  assert.match(await bench.sims.b.ctl('stats'), /runs=application/);
  assert.equal((await bench.board('b')).state, 'idle');
  await bench.hears('b', /unknown command, try help/);
});

/** What a job of a board asked of the person at the bench. */
const asked = async (bench, id) =>
  (await bench.get(`/api/v1/jobs/${id}/events`)).text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'manual');

test('manual: a job waits for the person, both ways, and notices by itself', async (t) => {
  const bench = await Bench.start({
    boards: [{ id: 'b', part: 'f103rb', control: { kind: 'manual', wait_s: 60 } }],
  });
  t.after(() => bench.clear());
  const into = (where) =>
    bench.curl('--json', JSON.stringify({ into: where }), '/api/v1/boards/b/reset');
  const pressing = async (how, act) => {
    const isWaiting = bench.until('b', ({ state }) => state === 'busy');
    const [job] = await Promise.all([act(), isWaiting.then(() => bench.sims.b.ctl(how))]);
    return job;
  };
  const flashed = await pressing('bootloader', () => flash(bench, 'b'));
  assert.equal(flashed.result.started, 'go');
  const [{ text, into: where, until, time }] = await asked(bench, flashed.id);
  assert.match(text, /Set BOOT0 to select the bootloader and press reset/);
  assert.equal(where, 'bootloader');
  assert.equal(Math.round((Date.parse(until) - Date.parse(time)) / 1000), 60);
  await pressing('bootloader', () => into('bootloader'));
  assert.equal((await bench.board('b')).state, 'bootloader');
  const back = (await pressing('application', () => into('application'))).json;
  assert.equal(back.state, 'done');
  assert.deepEqual(back.result, { into: 'application', started: null });
  assert.equal((await bench.board('b')).state, 'idle');
  assert.equal((await asked(bench, back.id))[0].into, 'application');
});

test('manual: nobody came: the board is in its bootloader until its program speaks', async (t) => {
  const bench = await Bench.start({
    boards: [{ id: 'b', part: 'f103rb', control: { kind: 'manual', wait_s: 2 } }],
  });
  t.after(() => bench.clear());
  await bench.sims.b.ctl('bootloader');
  const reset = (where) =>
    bench.curl('--json', JSON.stringify({ into: where }), '/api/v1/boards/b/reset');
  await reset('bootloader');
  const { json } = await reset('application');
  assert.match(json.result.warnings[0], /Nothing was heard of the board yet/);
  assert.equal((await bench.board('b')).state, 'bootloader');
  const { json: identified } = await bench.curl('-X', 'POST', '/api/v1/boards/b/identify');
  assert.equal(identified.state, 'done', 'it is still spoken to');
  await reset('application');
  await flash(bench, 'b');
  await bench.sims.b.ctl('application');
  await bench.until('b', ({ state }) => state === 'idle');
});

/** A board whose supply is switched by words to its simulator. */
async function powerBench({ off = ['power', 'off'], on = ['power', 'on'], ...more } = {}) {
  const bench = new Bench({ boards: [{ id: 'b', part: 'f103rb', ...more }] });
  const [board] = bench.config.boards;
  const say = (words) => [...bench.sims.b.control.bootloader.slice(0, 3), ...words];
  board.power = { off: say(off), on: say(on), off_ms: 20 };
  await bench.sims.b.start();
  await bench.start();
  return bench;
}

const power = async (bench, state) =>
  (await bench.curl('--json', JSON.stringify({ state }), '/api/v1/boards/b/power')).json;

test('power: off, on and a cycle, each seen at the board', async (t) => {
  const bench = await powerBench();
  t.after(() => bench.clear());
  await flash(bench, 'b');
  assert.equal((await bench.board('b')).power, 'unknown');
  const off = await power(bench, 'off');
  assert.equal(off.state, 'done', off.detail);
  assert.deepEqual(off.result, { power: 'off', proof: 'silence' });
  assert.equal((await bench.board('b')).power, 'off');
  assert.match(await bench.sims.b.ctl('stats'), /runs=nothing/);
  const on = await power(bench, 'on');
  assert.deepEqual(on.result, { power: 'on', proof: 'words' });
  assert.match(await bench.sims.b.ctl('stats'), /runs=application/);
  const cycle = await power(bench, 'cycle');
  assert.equal(cycle.kind, 'power');
  assert.deepEqual(cycle.result, { power: 'on', proof: 'words' });
  assert.equal((await bench.board('b')).state, 'idle');
  const text = await bench.hears('b', /benchd hello/, 'reset');
  assert.match(text, /^\r\nbenchd hello/, 'its first words follow the mark');
});

test('power: a board with a silent program answers from its bootloader', async (t) => {
  const bench = await powerBench();
  t.after(() => bench.clear());
  assert.equal((await power(bench, 'off')).result.proof, 'silence');
  assert.deepEqual((await power(bench, 'on')).result, { power: 'on', proof: 'answer' });
});

test('power: what does not go is told, and why that may be', async (t) => {
  const bench = await powerBench({ off: ['stats'], on: ['stats'] });
  t.after(() => bench.clear());
  const job = await power(bench, 'off');
  assert.equal(job.status, 502);
  assert.equal(job.code, 'power_unchanged');
  assert.match(job.detail, /still answers: it may be fed through the serial adapter's pins/);
  assert.equal((await bench.board('b')).power, 'unknown');
  await bench.sims.b.ctl('power', 'off');
  assert.match((await power(bench, 'on')).detail, /neither speaks nor answers/);
});

test('power: a hub takes the port along, and brings it back', async (t) => {
  const bench = await powerBench({ off: ['unplug'], on: ['replug'] });
  t.after(() => bench.clear());
  await flash(bench, 'b');
  assert.deepEqual((await power(bench, 'off')).result, { power: 'off', proof: 'port' });
  await bench.until('b', ({ state }) => state === 'absent');
  assert.deepEqual((await power(bench, 'on')).result, { power: 'on', proof: 'port' });
  await bench.until('b', ({ state }) => state === 'idle');
  assert.equal((await bench.board('b')).power, 'on');
});

test('power: the last cure of a bootloader that no reset brings back', async (t) => {
  const bench = await powerBench({ bootloader: { baud: 115200 } });
  t.after(() => bench.clear());
  await bench.sims.b.ctl('fault', 'hang', 'write', 'nth=5');
  const job = await flash(bench, 'b');
  assert.equal(job.result.recoveries.power, 1);
  const { text } = await bench.get(`/api/v1/jobs/${job.id}/events`);
  assert.match(text, /its power was switched off and on, and the bootloader entered anew/);
});

test('power: a part that was blank starts by it', async (t) => {
  const bench = await powerBench({ part: 'l452re' });
  t.after(() => bench.clear());
  const { json, text } = await bench.curl(
    '-T',
    firmware('f103', 'hex'),
    '/api/v1/boards/b/flash?force=true',
  );
  assert.equal(json.result?.started, 'power', text);
  assert.doesNotMatch(await bench.sims.b.ctl('stats'), /runs=rom/);
});

test('power: protection that shows only then is taken off', async (t) => {
  const bench = await powerBench({ part: 'wb55rg', options: ['--time-scale', '0.01'] });
  t.after(() => bench.clear());
  const protect = (what) =>
    bench.curl('-X', 'PUT', '--json', JSON.stringify(what), '/api/v1/boards/b/protection');
  const on = await protect({ readout: true });
  assert.equal(on.json.result?.readout_protected, true, on.text);
  const off = await protect({ readout: false, erase_everything: true });
  assert.equal(off.json.result?.readout_protected, false, off.text);
});

test('power: without a command there is nothing to switch, and a command that fails says so', async (t) => {
  const bench = await powerBench({ off: ['no-such-word'] });
  t.after(() => bench.clear());
  const failed = await power(bench, 'off');
  assert.equal(failed.code, 'control_failed');
  assert.match(failed.detail, /power command/);
  assert.equal((await power(bench, 'up')).code, 'bad_parameter');
  await bench.stop();
  delete bench.config.boards[0].power;
  await bench.start();
  assert.equal((await bench.board('b')).power, null);
  assert.equal((await power(bench, 'off')).code, 'unsupported');
});

test('gpio: a line that another program has is named, and the board waits for it', async (t) => {
  const bench = await gpioBench([
    { id: 'pi', control: gpio(27, 4), pins: { 27: 'nrst', 4: 'used' } },
  ]);
  t.after(() => bench.clear());
  await bench.sims.pi.start();
  await startRefused(bench);
  const board = await bench.until('pi', ({ cause }) => /GPIO/.test(cause ?? ''));
  assert.equal(board.state, 'absent');
  assert.match(board.cause, /GPIO 4 of \S+gpiochip0 is in use by spi0 CS0/);
  const { json } = await bench.curl('-X', 'POST', '/api/v1/boards/pi/identify');
  assert.equal(json.status, 503);
  assert.equal(json.code, 'control_failed');
  assert.match(json.detail, /spi0 CS0/);
});

test('gpio: without permission the group to join is named', async (t) => {
  const bench = await gpioBench(
    [{ id: 'pi', control: gpio(27, 17), pins: { 27: 'nrst', 17: 'boot0' } }],
    { denied: true },
  );
  t.after(() => bench.clear());
  await bench.sims.pi.start();
  await startRefused(bench);
  await bench.until('pi', ({ cause }) => /is the user in the group gpio\?/.test(cause ?? ''));
});
