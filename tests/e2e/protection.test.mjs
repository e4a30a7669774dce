// SPDX-License-Identifier: MIT
// Protection is put on and taken off by curl, with the words that say what it costs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Bench, firmware } from './harness.mjs';

let bench;
before(async () => {
  bench = await Bench.start({
    boards: [
      { id: 'f103', part: 'f103rb' },
      { id: 'l476', part: 'l476rg' },
    ],
  });
});
after(() => bench?.clear());

const protect = (board, body) =>
  bench.curl(
    '--fail-with-body',
    '-X',
    'PUT',
    '-H',
    'Content-Type: application/json',
    '--data',
    JSON.stringify(body),
    `/api/v1/boards/${board}/protection`,
  );
const flash = (board) =>
  bench.curl(
    '--fail-with-body',
    '-T',
    firmware('f103', 'bin'),
    `/api/v1/boards/${board}/flash?force=true`,
  );

async function erases(board) {
  return Number(/erases=(\d+)/.exec(await bench.sims[board].ctl('stats'))[1]);
}

async function isBlank(board) {
  const file = join(bench.dir, 'dump.bin');
  await bench.sims[board].ctl('dump', file);
  return readFileSync(file).every((byte) => byte === 0xff);
}

for (const board of ['f103', 'l476']) {
  test(`${board}: write protection is told before anything is erased, and comes off`, async () => {
    const on = await protect(board, { write: [0, 1] });
    assert.equal(on.code, 0, on.text);
    assert.equal(on.json.kind, 'protect');
    assert.deepEqual(on.json.result.write_protected_sectors.slice(0, 2), [0, 1]);
    const count = await erases(board);
    const refused = await flash(board);
    assert.equal(refused.code, 22);
    assert.equal(refused.json.code, 'write_protected');
    assert.equal(refused.json.status, 409);
    assert.equal(refused.json.address, '0x08000000');
    assert.equal(await erases(board), count);
    const off = await protect(board, { write: [] });
    assert.equal(off.code, 0, off.text);
    assert.deepEqual(off.json.result.write_protected_sectors, []);
    const done = await flash(board);
    assert.equal(done.code, 0, done.text);
  });

  test(`${board}: readout protection costs the content, and only when that is said`, async () => {
    const on = await protect(board, { readout: true });
    assert.equal(on.code, 0, on.text);
    assert.equal(on.json.result.readout_protected, true);
    const refused = await flash(board);
    assert.equal(refused.json.code, 'readout_protected');
    const wordless = await protect(board, { readout: false });
    assert.equal(wordless.json.status, 422);
    assert.match(wordless.json.detail, /erase_everything/);
    assert.equal(await isBlank(board), false);
    const off = await protect(board, { readout: false, erase_everything: true });
    assert.equal(off.code, 0, off.text);
    assert.equal(off.json.result.readout_protected, false);
    assert.equal(await isBlank(board), true);
    const after = await bench.board(board);
    assert.equal(after.image, null);
    assert.equal(after.quarantine, null);
    const done = await flash(board);
    assert.equal(done.code, 0, done.text);
  });
}

test('one thing at a time, and only sectors that are there', async () => {
  for (const body of [{}, { readout: true, write: [0] }, { write: 'all' }, { readout: 1 }]) {
    const { json } = await protect('f103', body);
    assert.equal(json.status, 422, JSON.stringify(body));
  }
  const { json } = await protect('f103', { write: [4000] });
  assert.equal(json.status, 422);
});
