// SPDX-License-Identifier: MIT
// How well the wire is used: benchd and Debian's stm32flash in turn on the same simulated
// STM32F103 at 115200 baud. Prints a table and asserts nothing about times.
//
//   BENCHD_BUILD=build/release node tests/bench/wire.mjs [ROUNDS]
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Bench, bigImage, run } from '../e2e/harness.mjs';

const BYTES = 64 * 1024;
const BAUD = 115200;
const BITS = 11; // the ROM's 8E1
const ROUNDS = Number(process.argv[2] ?? 3);

/** Bytes of data per second when 268 on the line carry 256 (AN3155, Write Memory and Read Memory). */
const LIMIT = (BAUD / BITS) * (256 / 268);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function timed(work) {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/** Seconds that a stage of a finished job took, by the times of its events. */
function stageSeconds(events, stage) {
  const times = events
    .filter((event) => event.stage === stage && event.time)
    .map((event) => Date.parse(event.time));
  const end = events.findIndex((event) => event.stage === stage && event.time);
  const next = events
    .slice(end)
    .find((event) => event.time && event.stage && event.stage !== stage);
  return ((next ? Date.parse(next.time) : Math.max(...times)) - Math.min(...times)) / 1000;
}

async function benchd(bench, image, row) {
  await bench.start();
  const flash = await bench.curl(
    '-N',
    '-H',
    'Accept: application/x-ndjson',
    '-T',
    image,
    '/api/v1/boards/f103/flash?verify=read&run=false&force=true',
  );
  assert.equal(flash.code, 0, flash.text);
  const events = flash.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  row.flash = flash.ms / 1000;
  row.write = stageSeconds(events, 'write');
  row.verify = stageSeconds(events, 'verify');
  const read = await bench.curl(
    '--fail',
    '-X',
    'POST',
    `/api/v1/boards/f103/read?address=0x08000000&length=${BYTES}`,
  );
  assert.equal(read.code, 0, read.errors);
  assert.equal(read.bytes.length, BYTES);
  row.read = read.ms / 1000;
  await bench.stop();
}

async function stm32flash(bench, image, row) {
  const sim = bench.sims.f103;
  const out = join(bench.dir, 'read.bin');
  const tool = async (...args) => {
    await sim.ctl('bootloader');
    const { code, text, errors } = await run([
      'stm32flash',
      '-m',
      '8n1',
      '-b',
      String(BAUD),
      ...args,
      sim.link,
    ]);
    assert.equal(code, 0, text + errors);
  };
  row.flash = await timed(() => tool('-w', image, '-v'));
  rmSync(out, { force: true });
  row.read = await timed(() => tool('-r', out, '-S', `0x08000000:${BYTES}`));
  await sim.ctl('application');
}

/** ROUNDS rounds in turn on one board; gives the rows of both. */
async function compared(options) {
  const bench = new Bench({ boards: [{ id: 'f103', part: 'f103rb', options }] });
  const rows = { benchd: [], stm32flash: [] };
  try {
    await bench.sims.f103.start();
    for (let round = 1; round <= ROUNDS; round++) {
      const image = bigImage(bench.dir, BYTES, round);
      for (const [name, work] of Object.entries({ benchd, stm32flash })) {
        const row = {};
        await work(bench, image, row);
        rows[name].push(row);
      }
    }
  } finally {
    await bench.clear();
  }
  return rows;
}

const figure = (value) => value.toFixed(2).padStart(8);

function print(title, rows) {
  const seconds = (name, what) => mean(rows[name].map((row) => row[what]));
  console.log(`\n${title}\n`);
  console.log('seconds, mean              benchd  stm32flash  ratio    each round');
  for (const [what, words] of Object.entries({ flash: 'erase, write, verify', read: 'read' })) {
    const [ours, theirs] = [seconds('benchd', what), seconds('stm32flash', what)];
    const each = rows.benchd.map(
      (row, i) => `${row[what].toFixed(2)}/${rows.stm32flash[i][what].toFixed(2)}`,
    );
    console.log(
      `${words.padEnd(24)} ${figure(ours)}    ${figure(theirs)}   ${(ours / theirs).toFixed(3)}    ${each.join(' ')}`,
    );
  }
  for (const stage of ['write', 'verify', 'read']) {
    const rate = BYTES / seconds('benchd', stage);
    const percent = ((100 * rate) / LIMIT).toFixed(1);
    console.log(`benchd's ${stage.padEnd(8)} ${rate.toFixed(0)} B/s, ${percent} % of the limit`);
  }
}

console.log(`${BYTES} bytes at ${BAUD} baud 8E1, ${ROUNDS} rounds in turn`);
console.log(`limit: ${LIMIT.toFixed(0)} B/s, since 268 bytes on the line carry 256 of data`);
print(
  'a part that takes its own time (erase 30 ms a page, program 53 us a half-word)',
  await compared([]),
);
print(
  'a part that takes none (--time-scale 0): the wire alone',
  await compared(['--time-scale', '0']),
);
