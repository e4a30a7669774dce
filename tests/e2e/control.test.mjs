// SPDX-License-Identifier: MIT
// The ways of restarting a board, each through the shipped binary.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
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
