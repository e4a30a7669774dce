// SPDX-License-Identifier: MIT
// A board that never stops talking, and viewers of every kind: who reads has every byte, once and in
// order, and what is kept in files is what the board sent. CHATTER_SECONDS=60 is the long run.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chatter, LINE_BYTES } from './chatter.mjs';
import { Bench, figures, Viewer } from './harness.mjs';

const SECONDS = Number(process.env.CHATTER_SECONDS ?? 10);
const LINES = Math.floor((SECONDS * 11520) / LINE_BYTES);
const READERS = 14;
const SLEEPERS = 5;
const RECONNECT_BYTES = 11520; // a second of output
const PATH = '/ws/v1/boards/f103';
const WAIT_MS = (SECONDS + 60) * 1000;

/** One viewer that goes away after each second of output and asks for the rest from where it was. */
async function restless(bench, total) {
  const parts = [];
  let at = 0;
  let visits = 0;
  while (at < total) {
    const viewer = await Viewer.open(bench, `${PATH}?from=${at}`);
    const enough = Math.min(total, at + RECONNECT_BYTES);
    await viewer.until((v) => v.next >= enough, WAIT_MS);
    viewer[visits % 2 ? 'close' : 'abandon']();
    await viewer.closed;
    assert.deepEqual(viewer.gaps, []);
    assert.equal(viewer.from, at);
    parts.push(viewer.bytes);
    at = viewer.next;
    visits++;
  }
  return { text: Buffer.concat(parts).toString('latin1'), visits };
}

function logged(bench) {
  const folder = join(bench.dir, 'state/console/f103');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.raw'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('');
}

test(`20 viewers of ${SECONDS} s of output, five of whom do not read`, async (t) => {
  const bench = await Bench.start({ boards: [{ id: 'f103', part: 'f103rb' }] });
  try {
    const sent = chatter(LINES);
    const open = () => Viewer.open(bench, `${PATH}?from=0`);
    const readers = await Promise.all(Array.from({ length: READERS }, open));
    const sleepers = await Promise.all(Array.from({ length: SLEEPERS }, open));
    for (const sleeper of sleepers) sleeper.socket._socket.pause();
    const before = figures(bench.program.pid);

    await bench.sims.f103.ctl('say', String(LINES));
    const [visitor] = await Promise.all([
      restless(bench, sent.length),
      ...readers.map((reader) => reader.until((v) => v.next >= sent.length, WAIT_MS)),
    ]);
    const after = figures(bench.program.pid);

    for (const reader of readers) {
      assert.deepEqual(reader.gaps, []);
      assert.ok(reader.text === sent, 'a reader has what was sent');
      reader.close();
    }
    assert.ok(visitor.text === sent, 'who came back again and again has what was sent');
    assert.ok(visitor.visits > SECONDS / 2, `${visitor.visits} visits`);
    for (const sleeper of sleepers) sleeper.abandon();
    const held = await bench.get('/api/v1/boards/f103/console?from=0');
    assert.ok(held.text === sent, 'what is held is what was sent');
    await bench.stop();
    assert.ok(logged(bench) === sent, 'the raw log is what was sent');
    t.diagnostic(
      `${sent.length} bytes to ${READERS} readers, ${SLEEPERS} who slept and one who came ${visitor.visits} times; memory ${before.rss_kib} to ${after.rss_kib} KiB`,
    );
  } finally {
    await bench.clear();
  }
});
