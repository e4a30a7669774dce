// SPDX-License-Identifier: MIT
// One bench, many boards: a group of simulated F103 flashed by one request, against one of them alone
// on the same bench by the same request. Prints the seconds and their ratio, whether every console has
// every byte that its board sent, and what memory benchd took. Asserts nothing about times.
//
//   BENCHD_BUILD=build/release node tests/bench/many.mjs [--rounds N] [--boards N] [--lines N]
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { Bench, bigImage, Viewer } from '../e2e/harness.mjs';

const KIB = 1024;
const IMAGE_BYTES = 16 * KIB;
const BAUD = 115200;
const LINE_BYTES = 64;

function option(name, otherwise) {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}
const ROUNDS = option('--rounds', 3);
const COUNT = option('--boards', 32);
// Of each board in each round; 16384 fill the megabyte that a console has in memory.
const LINES = option('--lines', 1000);
const WAIT_MS = 30_000 + (2 * 10_000 * LINES * LINE_BYTES) / BAUD;
const IDS = Array.from({ length: COUNT }, (_, i) => `f103-${i + 1}`);

/** What the simulator's "say" sends: numbered lines. */
const said = Array.from(
  { length: LINES },
  (_, n) => `${String(n).padStart(8, '0')} ${'0'.repeat(LINE_BYTES - 11)}\r\n`,
).join('');

function memory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (field) => Number(status.match(new RegExp(`${field}:\\s+(\\d+)`))[1]) / KIB;
  return { now: mib('VmRSS'), most: mib('VmHWM') };
}

/** Seconds of one request, from before curl starts until it has ended. */
async function flash(bench, ids, file) {
  const started = process.hrtime.bigint();
  const reply = await bench.curl(
    '--fail-with-body',
    '-T',
    file,
    `/api/v1/flash?boards=${ids.join(',')}&baud=${BAUD}&force=true`,
  );
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  assert.equal(reply.code, 0, reply.text + reply.errors);
  for (const { board, result } of reply.json.jobs)
    assert.equal(result.written_bytes, IMAGE_BYTES, `${board} wrote ${result.written_bytes}`);
  assert.equal(reply.json.jobs.length, ids.length);
  return seconds;
}

/** Whether a board's console has every byte that the board sends, once and in order. */
async function isComplete(bench, id) {
  const { offset } = (await bench.board(id)).console;
  const viewer = await Viewer.open(bench, `/ws/v1/boards/${id}?from=${offset}`);
  const hasAll = ({ next }) => next - offset >= said.length && viewer.text.includes(said);
  await bench.sims[id].ctl('say', String(LINES));
  const heard = await viewer.until(hasAll, WAIT_MS).catch(() => false);
  viewer.close();
  return heard && viewer.gaps.length === 0;
}

/** All boards speak at once, each watched; how many consoles are complete. */
async function consoles(bench) {
  const complete = await Promise.all(IDS.map((id) => isComplete(bench, id)));
  return complete.filter(Boolean).length;
}

async function main() {
  const boards = IDS.map((id) => ({ id, part: 'f103rb' }));
  const bench = await Bench.start({ boards });
  const ratios = [];
  try {
    const idle = memory(bench.program.pid);
    console.log(`${COUNT} boards, idle: ${idle.now.toFixed(1)} MiB`);
    for (let round = 1; round <= ROUNDS; round++) {
      const load = loadavg()[0].toFixed(2);
      const one = await flash(bench, IDS.slice(0, 1), bigImage(bench.dir, IMAGE_BYTES, 2 * round));
      const all = await flash(bench, IDS, bigImage(bench.dir, IMAGE_BYTES, 2 * round + 1));
      const whole = await consoles(bench);
      const { now, most } = memory(bench.program.pid);
      ratios.push(all / one);
      console.log(
        `round ${round}: one ${one.toFixed(2)} s, ${COUNT} at once ${all.toFixed(2)} s, ratio ` +
          `${(all / one).toFixed(3)}; consoles complete ${whole} of ${COUNT}; ` +
          `${now.toFixed(1)} MiB, at most ${most.toFixed(1)}; load before ${load}`,
      );
    }
    console.log(`ratio: ${ratios.map((ratio) => ratio.toFixed(3)).join(' ')}`);
  } finally {
    await bench.clear();
  }
}

await main();
