// SPDX-License-Identifier: MIT
// How well the wire is used: benchd and Debian's stm32flash in turn on the same simulated boards,
// at two rates, with adapters that answer at once, after 1 ms and after 16 ms. Prints tables of
// seconds and ratios, and asserts nothing about times.
//
//   BENCHD_BUILD=build/release node tests/bench/wire.mjs [--rounds N] [FILTER]
//
// FILTER: only the rows whose words contain it, as "115200", "16 ms", "f407" or "saved".
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Bench, bigImage, run } from '../e2e/harness.mjs';

const KIB = 1024;
const READ_BYTES = 64 * KIB;
const BLANK = 0xff;
// The slowest of these ROMs starts in 85 ms (docs/facts/an3155.md 2.2). stm32flash does not wait for it, and
// gives up when its first byte meets a ROM that is not there yet: whoever uses it has to wait instead.
const START_MS = 100;

const args = process.argv.slice(2);
const at = args.indexOf('--rounds');
const ROUNDS = at < 0 ? 3 : Number(args.splice(at, 2)[1]);
const FILTER = args[0] ?? '';

async function timed(work) {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/** Three quarters of it are blank: each fourth 16 KiB holds something. */
function sparse(bytes) {
  for (let from = 0; from < bytes.length; from += 64 * KIB)
    bytes.fill(BLANK, from + 16 * KIB, from + 64 * KIB);
  return bytes;
}

/** A raw image of that many bytes, different each round. */
function image(bench, { bytes, isSparse }, round) {
  const file = bigImage(bench.dir, bytes, round);
  if (isSparse) {
    const content = sparse(readFileSync(file));
    writeFileSync(file, content);
  }
  return file;
}

async function post(bench, ...request) {
  const reply = await bench.curl('--fail', '--max-time', '600', ...request);
  assert.equal(reply.code, 0, reply.text + reply.errors);
  return reply;
}

const flashed = (bench, file, query) =>
  timed(() => post(bench, '-T', file, `/api/v1/boards/board/flash?run=false&force=true&${query}`));

async function benchd(bench, file, { baud }) {
  await bench.start();
  const flash = await flashed(bench, file, `baud=${baud}`);
  const read = await timed(() =>
    post(
      bench,
      '-X',
      'POST',
      `/api/v1/boards/board/read?address=0x08000000&length=${READ_BYTES}&baud=${baud}`,
    ),
  );
  await bench.stop();
  return { flash, read };
}

async function stm32flash(bench, file, { baud }) {
  const sim = bench.sims.board;
  const out = join(bench.dir, 'read.bin');
  const tool = async (...options) => {
    await sim.ctl('bootloader');
    await delay(START_MS);
    const { code, text, errors } = await run([
      'stm32flash',
      '-m',
      '8n1',
      '-b',
      String(baud),
      ...options,
      sim.link,
    ]);
    assert.equal(code, 0, text + errors);
  };
  const flash = await timed(() => tool('-w', file, '-v'));
  rmSync(out, { force: true });
  const read = await timed(() => tool('-r', out, '-S', `0x08000000:${READ_BYTES}`));
  await sim.ctl('application');
  return { flash, read };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const figure = (value) => value.toFixed(2).padStart(9);

function printRow(words, ours, theirs) {
  const each = ours.map((value, i) => (value / theirs[i]).toFixed(2)).join(' ');
  const ratio = (mean(ours) / mean(theirs)).toFixed(3).padStart(7);
  console.log(`${words.padEnd(44)}${figure(mean(ours))}${figure(mean(theirs))} ${ratio}   ${each}`);
}

async function withBoard({ part, latency, supply_mv, options = [] }, work) {
  const adapter = latency ? ['--adapter-latency', String(latency)] : [];
  const bench = new Bench({
    boards: [{ id: 'board', part, supply_mv, options: [...adapter, ...options] }],
  });
  try {
    await bench.sims.board.start();
    await work(bench);
  } finally {
    await bench.clear();
  }
}

/** One row of the first table: both programs in turn, ROUNDS times. */
async function compare(row) {
  const times = { benchd: [], stm32flash: [] };
  await withBoard(row, async (bench) => {
    for (let round = 1; round <= ROUNDS; round++) {
      const file = image(bench, row, round);
      times.benchd.push(await benchd(bench, file, row));
      times.stm32flash.push(await stm32flash(bench, file, row));
    }
  });
  for (const [what, words] of [
    ['flash', 'write+verify'],
    ['read', 'read 64 KiB'],
  ]) {
    printRow(
      `${row.words}, ${words}`,
      times.benchd.map((time) => time[what]),
      times.stm32flash.map((time) => time[what]),
    );
  }
}

const BOARDS = [
  { name: 'f103', part: 'f103rb', bytes: 64 * KIB, isSparse: false, image: '64 KiB' },
  { name: 'f407', part: 'f407vg', bytes: 512 * KIB, isSparse: true, image: '512 KiB sparse' },
];

function comparisons() {
  const rows = [];
  for (const board of BOARDS)
    for (const baud of [115200, 921600])
      for (const latency of [0, 1, 16])
        rows.push({
          ...board,
          baud,
          latency,
          words: `${board.name} ${board.image}, ${baud}, ${latency} ms`,
        });
  return rows;
}

const blankAndFull = async (bench, row, round) => [
  await flashed(bench, image(bench, { ...row, isSparse: true }, round), 'write=all&baud=115200'),
  await flashed(bench, image(bench, row, round), 'write=all&baud=115200'),
];

/** What is saved of benchd's own first time, each on its board: [words, board, work]. */
const SAVED = [
  ['saved: three quarters blank, f103 filled', { part: 'f103rb', bytes: 128 * KIB }, blankAndFull],
  [
    'saved: three quarters blank, f103 half full',
    { part: 'f103rb', bytes: 64 * KIB },
    blankAndFull,
  ],
  ['saved: three quarters blank, f407', { part: 'f407vg', bytes: 512 * KIB }, blankAndFull],
  [
    'saved: three quarters blank, f407, supply_mv',
    { part: 'f407vg', bytes: 512 * KIB, supply_mv: 3300 },
    blankAndFull,
  ],
  ['saved: three quarters blank, g071rb', { part: 'g071rb', bytes: 64 * KIB }, blankAndFull],
  [
    'saved: unchanged image, write=changed, f103',
    { part: 'f103rb', bytes: 64 * KIB },
    async (bench, row, round) => {
      const file = image(bench, row, round);
      const first = await flashed(bench, file, 'write=all&baud=115200');
      return [await flashed(bench, file, 'write=changed&baud=115200'), first];
    },
  ],
  [
    'saved: unchanged image, Get Checksum, c051c8',
    { part: 'c051c8', bytes: 60 * KIB },
    async (bench, row, round) => {
      const file = image(bench, row, round);
      const first = await flashed(bench, file, 'write=all&baud=115200');
      return [await flashed(bench, file, 'baud=115200'), first];
    },
  ],
  [
    'saved: 1 % of writes NACKed, against none, f103',
    { part: 'f103rb', bytes: 64 * KIB },
    async (bench, row, round) => {
      const file = image(bench, row, round);
      const clean = await flashed(bench, file, 'write=all&baud=115200');
      await bench.sims.board.ctl('fault', 'nack', 'write', 'every=100');
      const nacked = await flashed(bench, file, 'write=all&baud=115200');
      await bench.sims.board.ctl('fault', 'clear');
      return [nacked, clean];
    },
  ],
];

async function save([words, board, work]) {
  const pairs = [];
  await withBoard(board, async (bench) => {
    await bench.start();
    for (let round = 1; round <= ROUNDS; round++) pairs.push(await work(bench, board, round));
    await bench.stop();
  });
  printRow(
    words,
    pairs.map(([time]) => time),
    pairs.map(([, time]) => time),
  );
}

const HEAD = `${''.padEnd(44)}${'seconds'.padStart(9)}${'against'.padStart(9)}   ratio   each round`;

console.log(`${ROUNDS} rounds in turn; means\n\nbenchd, against stm32flash\n${HEAD}`);
for (const row of comparisons()) if (row.words.includes(FILTER)) await compare(row);
console.log(`\nbenchd, against itself\n${HEAD}`);
for (const row of SAVED) if (row[0].includes(FILTER)) await save(row);
