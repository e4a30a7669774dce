// SPDX-License-Identifier: MIT
// An adapter that goes away and comes back at any moment: the board is idle again, no viewer was
// dropped, no byte that came in was lost, no descriptor leaked.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { chatter } from './chatter.mjs';
import { Bench, bigImage, Viewer } from './harness.mjs';

const TIMES = 5;
const FLUTTERS = 10; // each 50 ms in and 50 ms out: ten a second are what a loose plug does

let bench;
let sim;
let viewers;
let held;

const board = (viewer) => viewer.boards.get('f103');
const until = (wish) => bench.until('f103', wish);
const isIdle = (seen) => seen.state === 'idle';

function target(link) {
  try {
    return readlinkSync(link);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return 'closed meanwhile';
  }
}

/** What benchd has open, but for its clients' connections: a port is a pts, whichever number it has. */
function descriptors() {
  const folder = `/proc/${bench.program.pid}/fd`;
  return readdirSync(folder)
    .map((fd) => target(join(folder, fd)).replace(/pts\/\d+/, 'pts/N'))
    .filter((name) => !/^socket:|^closed/.test(name))
    .sort();
}

before(async () => {
  bench = await Bench.start({
    boards: [{ id: 'f103', part: 'f103rb', bootloader: { baud: 115200 } }],
  });
  sim = bench.sims.f103;
  viewers = await Promise.all([1, 2, 3].map(() => Viewer.open(bench, '/ws/v1/boards/f103')));
  await Promise.all(viewers.map((viewer) => viewer.until((v) => board(v))));
  await sim.ctl('say', '1'); // its log is open from its first byte on
  await Promise.all(viewers.map((viewer) => viewer.until((v) => v.text === chatter(1))));
});
after(() => bench?.clear());

beforeEach(async () => {
  await until(isIdle);
  held = descriptors();
});

/** The same state as before a test, whatever the cable did. */
async function allIsWell() {
  await until(isIdle);
  await Promise.all(viewers.map((viewer) => viewer.until((v) => board(v)?.state === 'idle')));
  for (const viewer of viewers) {
    assert.equal(viewer.socket.readyState, viewer.socket.OPEN);
    assert.deepEqual(viewer.gaps, []);
  }
  // What a job held is given back at the server's next turns.
  for (let turn = 0; turn < 50 && `${descriptors()}` !== `${held}`; turn++)
    await bench.get('/healthz');
  assert.deepEqual(descriptors(), held);
}

test('idle: absent has a cause and a time, and what came before and after is all there', async () => {
  const from = viewers[0].text.length;
  const spoken = chatter(40);
  for (let n = 1; n <= TIMES; n++) {
    await sim.ctl('say', '40');
    await viewers[0].until((v) => v.text.length >= from + n * spoken.length);
    const asked = Date.now();
    await sim.ctl('unplug');
    const away = await until((seen) => seen.state === 'absent');
    assert.match(away.cause, /vanished \(unplugged/);
    assert.ok(Math.abs(Date.parse(away.since) - asked) < 10_000, away.since);
    const refused = await bench.post('/api/v1/boards/f103/console', Buffer.from('x'));
    assert.equal(refused.status, 409);
    const doctor = await bench.curl('-X', 'POST', '/api/v1/boards/f103/doctor');
    assert.equal(doctor.json.result.verdict, 'no_port', doctor.text);
    const still = await bench.board('f103');
    assert.deepEqual(
      [still.cause, still.since],
      [away.cause, away.since],
      'trying again is no news',
    );
    await sim.ctl('replug');
    const back = await until(isIdle);
    assert.equal(back.cause, null);
  }
  await allIsWell();
  for (const viewer of viewers)
    await viewer.until((v) => v.text.slice(from) === spoken.repeat(TIMES));
});

test('while it talks: only what was on the wire is missing', async () => {
  const from = viewers[0].text.length;
  const lines = 1600; // nine seconds
  await sim.ctl('say', String(lines));
  for (let n = 0; n < TIMES; n++) {
    const seen = viewers[0].text.length;
    await viewers[0].until((v) => v.text.length > seen + 4096);
    await sim.ctl('unplug');
    await until((now) => now.state === 'absent');
    await sim.ctl('replug');
    await until(isIdle);
  }
  const last = chatter(lines, lines - 1);
  await viewers[0].until((v) => v.text.endsWith(last));
  await allIsWell();
  const heard = viewers[0].text.slice(from);
  // In the pieces between two unpluggings each line follows the one before.
  let next = 0;
  let jumps = 0;
  for (const [, number] of heard.matchAll(/(?<=^|\n)(\d{8}) 0{53}\r\n/g)) {
    if (Number(number) !== next) jumps++;
    next = Number(number) + 1;
  }
  assert.equal(next, lines);
  assert.ok(jumps <= TIMES, `${jumps} jumps`);
  for (const viewer of viewers) await viewer.until((v) => v.text.slice(from) === heard);
});

test('ten times a second, while it talks', async () => {
  await sim.ctl('say', '400');
  for (let n = 0; n < FLUTTERS; n++) {
    await sim.ctl('unplug');
    await later(50); // how long it is out is what is tried here
    await sim.ctl('replug');
    await later(50);
  }
  await allIsWell();
  const from = viewers[0].text.length;
  await sim.ctl('reset'); // what is left to be said is dropped
  await until(isIdle);
  await sim.ctl('say', '3');
  await viewers[0].until((v) => v.text.slice(from).endsWith(chatter(3)));
});

test('in mid-write, again and again: the flash is done', async () => {
  const file = readFileSync(bigImage(bench.dir, 24 * 1024));
  const response = await fetch(`${bench.url}/api/v1/boards/f103/flash`, {
    method: 'PUT',
    body: file,
    headers: { Prefer: 'respond-async' },
  });
  const { id } = await response.json();
  const events = await Viewer.open(bench, '/ws/v1/events');
  let done = 0;
  for (let n = 0; n < TIMES; n++) {
    const { job } = await events.until((v) => {
      const last = v.events.findLast((event) => event.type === 'progress' && event.job === id);
      return last?.stage === 'write' && last.done > done ? { job: last } : undefined;
    });
    done = job.done;
    await sim.ctl('unplug');
    await sim.ctl('replug');
  }
  const job = await events.until((v) => {
    const seen = v.jobs.get(id);
    return seen && !['queued', 'running'].includes(seen.state) ? seen : undefined;
  });
  events.close();
  assert.equal(job.state, 'done', JSON.stringify(job.error));
  const { body } = await bench.get(`/api/v1/jobs/${id}`);
  assert.ok(body.result.recoveries.reattach >= 1, JSON.stringify(body.result));
  const after = await until(isIdle);
  assert.equal(after.quarantine, null);
  await allIsWell();
});
