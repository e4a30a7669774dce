// SPDX-License-Identifier: MIT
// Trouble in the middle of a flash: one curl, exit 0, the right content, and it says what happened.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Bench, bigImage, firmware } from './harness.mjs';

const IMAGE_BYTES = 16 * 1024;

// The first ones strike in the flash's blocks; a byte's fault is set when blocks are being written.
const FAULTS = [
  { name: 'a NACK in mid-write', fault: 'nack write nth=20', kind: 'resync' },
  { name: 'a lost ACK', fault: 'drop to-host nth=5', kind: 'resync', inWrite: true },
  { name: 'a turned byte', fault: 'corrupt to-board nth=700', kind: 'resync', inWrite: true },
  { name: 'a reset in mid-write', fault: 'reset write nth=20', kind: 'restart' },
  { name: 'no answer ever again', fault: 'silence write nth=20', kind: 'restart' },
  { name: 'the adapter out for 500 ms', fault: 'unplug write nth=20 ms=500', kind: 'reattach' },
  { name: 'out in the erase', fault: 'unplug erase nth=1 us=100 ms=500', kind: 'reattach' },
  { name: 'out in the verify', fault: 'unplug read nth=60 ms=500', kind: 'reattach' },
];

let bench;
before(async () => {
  bench = await Bench.start({
    boards: [{ id: 'f103', part: 'f103rb', bootloader: { baud: 115200 } }],
  });
});
after(() => bench?.clear());

/** One line at a time of a flash that streams its events; fault() is called in mid-write. */
async function flash(file, fault) {
  const response = await fetch(`${bench.url}/api/v1/boards/f103/flash`, {
    method: 'PUT',
    body: readFileSync(file),
    headers: { Accept: 'application/x-ndjson' },
  });
  const lines = [];
  let rest = '';
  let isSet = false;
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop();
    for (const line of parts.map((part) => JSON.parse(part))) {
      lines.push(line);
      if (isSet || line.type !== 'progress' || line.stage !== 'write') continue;
      isSet = true;
      await fault();
    }
  }
  assert.ok(isSet, 'the fault was set while blocks were written');
  return lines;
}

/** The simulated part's flash, past benchd. */
async function dump() {
  const file = join(bench.dir, 'dump.bin');
  await bench.sims.f103.ctl('dump', file);
  return readFileSync(file);
}

for (const [seed, { name, fault, kind, inWrite }] of FAULTS.entries()) {
  test(`${name}: the flash is done, and tells`, async () => {
    const sim = bench.sims.f103;
    const file = bigImage(bench.dir, IMAGE_BYTES, seed + 1);
    const set = () => sim.ctl('fault', ...fault.split(' '));
    let job;
    if (inWrite) {
      const lines = await flash(file, set);
      job = lines.at(-1).job;
      assert.ok(lines.some((line) => line.type === 'recovery' && line.kind === kind));
    } else {
      await set();
      const { code, json, text } = await bench.curl(
        '--fail-with-body',
        '-T',
        file,
        '/api/v1/boards/f103/flash',
      );
      assert.equal(code, 0, text);
      job = json;
    }
    assert.equal(job.state, 'done', JSON.stringify(job.error));
    assert.ok(job.result.recoveries?.[kind] >= 1, JSON.stringify(job.result));
    assert.equal(job.result.started, 'reset');
    assert.match(await sim.ctl('faults'), / 1\b/, 'it did strike');
    await sim.ctl('fault', 'clear');
    const image = readFileSync(file);
    assert.ok((await dump()).subarray(0, image.length).equals(image), 'what the part holds');
    const board = await bench.until('f103', (seen) => seen.state === 'idle');
    assert.equal(board.quarantine, null);
    assert.equal(board.image.sha256, job.image.sha256);
  });
}

test('an adapter that stays away: it fails, and the quarantine says what is unsure', async () => {
  const patient = await Bench.start({
    boards: [
      { id: 'f103', part: 'f103rb', bootloader: { baud: 115200 }, recovery: { reattach_s: 1 } },
    ],
  });
  try {
    await patient.sims.f103.ctl('fault', 'unplug', 'write', 'nth=20');
    const file = bigImage(patient.dir, IMAGE_BYTES);
    const { code, json } = await patient.curl(
      '--fail-with-body',
      '-T',
      file,
      '/api/v1/boards/f103/flash',
    );
    assert.equal(code, 22);
    assert.equal(json.code, 'port_absent');
    const board = await patient.until('f103', (seen) => seen.state === 'absent');
    assert.equal(board.quarantine.address, '0x08000000');
    assert.equal(board.quarantine.length, IMAGE_BYTES);
    assert.match(board.quarantine.reason, /0x08000000 to 0x08003FFF is unsure/);
    await patient.sims.f103.ctl('fault', 'clear');
    await patient.until('f103', (seen) => seen.state !== 'absent');
    const again = await patient.curl('--fail-with-body', '-T', file, '/api/v1/boards/f103/flash');
    assert.equal(again.code, 0, again.text);
    assert.equal((await patient.board('f103')).quarantine, null);
  } finally {
    await patient.clear();
  }
});

test('a cable that carries 115200 and no more: the rate is found, and remembered', async () => {
  const short = await Bench.start({
    boards: [{ id: 'f103', part: 'f103rb', options: ['--max-baud', '115200'] }],
  });
  try {
    for (const round of [1, 2]) {
      const { code, json, text } = await short.curl(
        '--fail-with-body',
        '-T',
        firmware('f103', 'bin'),
        '/api/v1/boards/f103/flash',
      );
      assert.equal(code, 0, text);
      assert.equal(json.result.baud, 115200, `round ${round}`);
    }
    const { body } = await short.get('/api/v1/boards/f103/device');
    assert.equal(body.link.baud, 115200);
  } finally {
    await short.clear();
  }
});

test('a cable that carries all: the rate climbs by itself', async () => {
  const fast = await Bench.start();
  try {
    const { code, json, text } = await fast.curl(
      '--fail-with-body',
      '-T',
      firmware('f103', 'bin'),
      '/api/v1/boards/f103/flash',
    );
    assert.equal(code, 0, text);
    assert.ok(json.result.baud > 115200, text);
  } finally {
    await fast.clear();
  }
});

// What must not be flashed is found before the first erase: the simulator counts them.
const WRONG = [
  {
    name: 'built for a bigger part',
    file: () => firmware('f407', 'bin'),
    code: 'not_an_application',
  },
  { name: 'larger than the part', file: (dir) => bigImage(dir, 129 * 1024), code: 'out_of_range' },
  {
    name: 'another chip than expected',
    expect: '000102030405060708090a0b',
    file: () => firmware('f103', 'bin'),
    code: 'wrong_chip',
  },
];

for (const { name, file, code, expect } of WRONG) {
  test(`${name}: refused, and nothing was erased`, async () => {
    const other = await Bench.start({
      boards: [{ id: 'f103', part: 'f103rb', ...(expect ? { expect_unique_id: expect } : {}) }],
    });
    try {
      const { code: exit, json } = await other.curl(
        '--fail-with-body',
        '-T',
        file(other.dir),
        '/api/v1/boards/f103/flash',
      );
      assert.equal(exit, 22);
      assert.equal(json.code, code);
      assert.match(await other.sims.f103.ctl('stats'), / erases=0 writes=0 /);
      assert.equal((await other.board('f103')).quarantine, null);
    } finally {
      await other.clear();
    }
  });
}
