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

const options = (board, body, method = 'PUT') =>
  bench.curl(
    '--fail-with-body',
    '-X',
    method,
    '-H',
    'Content-Type: application/json',
    ...(body ? ['--data', JSON.stringify(body)] : []),
    `/api/v1/boards/${board}/option-bytes`,
  );
const kept = async (board) => (await bench.get(`/api/v1/boards/${board}/option-bytes`)).body;
const fieldOf = (shape, name) => shape.fields.find((field) => field.name === name)?.value;

for (const [board, name] of [
  ['f103', 'Data0'],
  ['l476', 'IWDG_STOP'],
]) {
  test(`${board}: option bytes are changed by field, and kept as they were read`, async () => {
    const before = (await options(board, null, 'POST')).json;
    assert.equal(before.kind, 'option_bytes');
    const value = fieldOf(before.result, name) ? 0 : 1;
    const dry = await options(board, { fields: { [name]: value }, dry_run: true });
    assert.equal(dry.code, 0, dry.text);
    const change = { name, from: fieldOf(before.result, name), to: value };
    assert.deepEqual(dry.json.result.changed, [change]);
    assert.equal(dry.json.result.written, false);
    assert.equal((await kept(board)).bytes, before.result.bytes);
    const done = await options(board, { fields: { [name]: value } });
    assert.equal(done.code, 0, done.text);
    assert.deepEqual(done.json.result.changed, [change]);
    assert.equal(done.json.result.written, true);
    assert.equal(fieldOf(await kept(board), name), value);
    const raw = await options(board, { bytes: before.result.bytes });
    assert.equal(raw.code, 0, raw.text);
    const fresh = (await options(board, null, 'POST')).json.result;
    assert.deepEqual(fresh.fields, before.result.fields);
  });
}

test('what costs something has to be said; what locks for good is refused', async () => {
  const before = (await options('l476', null, 'POST')).json.result;
  const writes = async () => /writes=(\d+)/.exec(await bench.sims.l476.ctl('stats'))[1];
  const count = await writes();
  const rows = [
    [{ fields: { nBOOT1: 0 } }, 'unconfirmed', /lose_bootloader/],
    [{ fields: { RDP: 0 } }, 'unconfirmed', /protect_readout/],
    [{ fields: { RDP: 0xcc }, protect_readout: true }, 'irreversible', /level 2/],
    [{ fields: { Data0: 1 } }, 'bad_parameter', /Data0/],
    [{ fields: { nBOOT7: 1 } }, 'unknown_parameter', /nBOOT7/],
    [{ fields: { nBOOT1: 2 }, lose_bootloader: true }, 'bad_parameter', /nBOOT1/],
    [{ bytes: 'aa' }, 'bad_parameter', /as many/],
    [{ bytes: 'a' }, 'bad_parameter', /hex/],
    [{ bytes: 'ff'.repeat(40), fields: { RDP: 0 } }, 'bad_parameter', /one way/],
    [{}, 'bad_parameter', /one way/],
  ];
  for (const [body, code, detail] of rows) {
    const { json } = await options('l476', body);
    assert.equal(json.code, code, JSON.stringify(json));
    assert.match(json.detail, detail);
    assert.equal(json.status, 422);
  }
  assert.equal(await writes(), count);
  const after = (await options('l476', null, 'POST')).json.result;
  assert.equal(after.bytes, before.bytes);
  const said = await options('l476', { fields: { nBOOT1: 0 }, lose_bootloader: true });
  assert.equal(said.code, 0, said.text);
  assert.equal((await options('l476', { bytes: before.bytes, lose_bootloader: true })).code, 0);
});

test('a dry run meets protection as the run would, connected or by what is known', async () => {
  const dry = (more = '') =>
    bench.curl(
      '--fail-with-body',
      '-T',
      firmware('f103', 'bin'),
      `/api/v1/boards/f103/flash?dry_run=true${more}`,
    );
  assert.equal((await dry()).code, 0);
  assert.equal((await protect('f103', { write: [0] })).code, 0);
  for (const more of ['', '&as=0x410']) {
    const refused = await dry(more); // with as=, the part is asked
    assert.equal(refused.json.code, 'write_protected', refused.text);
    assert.equal(refused.json.stage, 'plan');
    assert.equal(refused.json.address, '0x08000000');
  }
  assert.equal((await protect('f103', { write: [] })).code, 0);
  assert.equal((await dry('&as=0x410')).code, 0);
  assert.equal((await dry()).code, 0);
});

test('raising the readout level by name, and off again', async () => {
  const on = await options('f103', { fields: { RDP: 0 }, protect_readout: true });
  assert.equal(on.code, 0, on.text);
  assert.equal((await kept('f103')).readout_protected, true);
  const blind = await options('f103', null, 'POST');
  assert.equal(blind.json.code, 'readout_protected');
  const off = await protect('f103', { readout: false, erase_everything: true });
  assert.equal(off.code, 0, off.text);
  const after = await kept('f103');
  assert.equal(after.readout_protected, false);
  assert.equal(after.readout_level, 0);
});

test('one thing at a time, and only sectors that are there', async () => {
  for (const body of [{}, { readout: true, write: [0] }, { write: 'all' }, { readout: 1 }]) {
    const { json } = await protect('f103', body);
    assert.equal(json.status, 422, JSON.stringify(body));
  }
  const { json } = await protect('f103', { write: [4000] });
  assert.equal(json.status, 422);
});

test('a part that is protected behind the back of a session is asked anew what it is', async () => {
  const left = await bench.curl(
    '--fail-with-body',
    '-T',
    firmware('f103', 'bin'),
    '/api/v1/boards/f103/flash?run=false',
  );
  assert.equal(left.code, 0, left.text);
  await bench.sims.f103.ctl('protect', 'on');
  const refused = await flash('f103');
  assert.equal(refused.json.code, 'readout_protected');
  const off = await protect('f103', { readout: false, erase_everything: true });
  assert.equal(off.code, 0, off.text);
  assert.equal(await isBlank('f103'), true);
  const done = await flash('f103');
  assert.equal(done.code, 0, done.text);
});
