// SPDX-License-Identifier: MIT
// One curl, and one believes its status: every format on both boards, and each way to fail.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Bench, firmware } from './harness.mjs';

const BOARDS = [
  { id: 'f103', part: 'f103rb' },
  { id: 'f407', part: 'f407vg' },
];
const SENDS = [
  { name: '--data-binary', args: (file) => ['--data-binary', `@${file}`] },
  { name: '-T', args: (file) => ['-T', file] },
];

let bench;
before(async () => {
  bench = await Bench.start({ boards: BOARDS });
});
after(() => bench?.clear());

const flash = (board, query, ...args) =>
  bench.curl('--fail-with-body', ...args, `/api/v1/boards/${board}/flash${query}`);

for (const { id } of BOARDS) {
  for (const [i, format] of ['bin', 'hex', 'srec', 'elf'].entries()) {
    const send = SENDS[i % SENDS.length];
    test(`${id}: ${send.name} of .${format} is done`, async () => {
      const { code, json, text } = await flash(id, '', ...send.args(firmware(id, format)));
      assert.equal(code, 0, text);
      assert.equal(json.state, 'done');
      assert.equal(json.kind, 'flash');
      assert.equal(json.image.format, format);
      assert.equal(json.error, null);
      assert.equal(json.result.verified, 'read');
      assert.equal(json.result.started, 'reset');
      assert.ok(json.result.written_bytes > 0);
      const board = await bench.board(id);
      assert.equal(board.image.sha256, json.image.sha256);
      assert.equal(board.quarantine, null);
    });
  }
}

test('what was written is what is read back', async () => {
  const image = readFileSync(firmware('f103', 'bin'));
  const { code, bytes, errors } = await bench.curl(
    '--fail',
    '-X',
    'POST',
    `/api/v1/boards/f103/read?address=0x08000000&length=${image.length}`,
  );
  assert.equal(code, 0, errors);
  assert.deepEqual(bytes, image);
});

test('the same image verifies, another differs and is no error', async () => {
  const good = await bench.curl(
    '--fail-with-body',
    '-T',
    firmware('f103', 'elf'),
    '/api/v1/boards/f103/verify',
  );
  assert.equal(good.code, 0, good.text);
  assert.equal(good.json.result.match, true);
  const other = readFileSync(firmware('f103', 'bin'));
  other[other.length - 1] ^= 0xff;
  const file = join(bench.dir, 'other.bin');
  writeFileSync(file, other);
  const bad = await bench.curl('--fail-with-body', '-T', file, '/api/v1/boards/f103/verify');
  assert.equal(bad.code, 0, bad.text);
  assert.equal(bad.json.state, 'done');
  assert.equal(bad.json.result.match, false);
});

test('a shelf image is flashed again by its hash', async () => {
  const { body } = await bench.get('/api/v1/firmware');
  assert.ok(body.firmware.length >= 4);
  const { code, text, json } = await flash(
    'f103',
    `?firmware=${body.firmware[0].sha256}`,
    '-X',
    'POST',
  );
  assert.ok(code === 0 || json.code === 'out_of_range' || json.code === 'not_an_application', text);
});

test('a dry run answers the plan and changes nothing', async () => {
  const before = await bench.board('f103');
  const file = firmware('f103', 'hex');
  const { code, json, text } = await flash('f103', '?dry_run=true', '--data-binary', `@${file}`);
  assert.equal(code, 0, text);
  assert.ok(json.erase.length > 0);
  assert.equal(json.write[0].address, '0x08000000');
  assert.ok(json.estimated_seconds > 0);
  assert.equal(json.job.state, 'done');
  assert.deepEqual((await bench.board('f103')).image, before.image);
});

// Each failure: what is sent, the problem's code and status, and what its detail must tell.
const REFUSED = [
  {
    name: 'not an image',
    file: () =>
      Buffer.from('<!DOCTYPE html><html><body>404, the build has expired</body></html>\n'),
    code: 'not_an_image',
    status: 415,
  },
  {
    name: 'a damaged hex file',
    file: () =>
      Buffer.from(readFileSync(firmware('f103', 'hex'), 'latin1').replace(/..\r?\n/, '00\n')),
    code: 'bad_image',
    status: 422,
    detail: /line 1\b/,
  },
  {
    name: 'too big for the part',
    file: () =>
      Buffer.concat([readFileSync(firmware('f103', 'bin')), Buffer.alloc(300 * 1024, 0x55)]),
    code: 'out_of_range',
    status: 422,
    detail: /0x0802/,
  },
  {
    name: 'an unknown parameter',
    query: '?adress=0x08000000',
    file: () => readFileSync(firmware('f103', 'bin')),
    code: 'unknown_parameter',
    status: 422,
    detail: /adress/,
  },
  {
    name: 'a parameter of a bad value',
    query: '?erase=some',
    file: () => readFileSync(firmware('f103', 'bin')),
    code: 'bad_parameter',
    status: 422,
    detail: /erase/,
  },
  {
    name: 'an address for a hex file',
    query: '?address=0x08001000',
    file: () => readFileSync(firmware('f103', 'hex')),
    status: 422,
    detail: /address/,
  },
  { name: 'an empty body', file: () => Buffer.alloc(0), code: 'empty_body', status: 400 },
  {
    name: 'not an application',
    file: () => Buffer.alloc(1024, '\xa5\x00', 'latin1'),
    code: 'not_an_application',
    status: 422,
    detail: /force/,
  },
];

for (const { name, file, query = '', code, status, detail } of REFUSED) {
  test(`refused before anything is erased: ${name}`, async () => {
    const path = join(bench.dir, 'refused');
    writeFileSync(path, file());
    const answer = await flash('f103', query, '--data-binary', `@${path}`);
    assert.equal(answer.code, 22, answer.text);
    assert.equal(answer.json.status, status, answer.text);
    if (code) assert.equal(answer.json.code, code);
    assert.match(answer.json.type, /^\/problems\//);
    assert.ok(answer.json.detail.length > 20, 'a detail that helps');
    if (detail) assert.match(answer.json.detail, detail);
    assert.equal((await bench.board('f103')).quarantine, null);
  });
}

test('--data, which takes line ends out of a file, is told so', async () => {
  const answer = await flash('f103', '', '--data', `@${firmware('f103', 'bin')}`);
  assert.equal(answer.code, 22);
  assert.equal(answer.json.status, 415);
  assert.match(answer.json.detail, /--data-binary/);
});

test('-F, a form, is told so', async () => {
  const answer = await flash('f103', '', '-F', `file=@${firmware('f103', 'bin')}`);
  assert.equal(answer.code, 22);
  assert.equal(answer.json.code, 'form_body');
  assert.match(answer.json.detail, /--data-binary/);
});

test('-T to a URL with a slash at its end is told the path meant', async () => {
  const answer = await bench.curl(
    '--fail-with-body',
    '-T',
    firmware('f103', 'bin'),
    '/api/v1/boards/f103/flash/',
  );
  assert.equal(answer.code, 22);
  assert.equal(answer.json.status, 404);
  assert.match(answer.json.detail, / \/api\/v1\/boards\/f103\/flash\./);
});

// Faults of the board itself; each has a board of its own.
const FAULTS = [
  {
    name: 'port absent',
    fault: async (sim) => sim.ctl('unplug'),
    wait: (board) => board.state === 'absent',
    code: 'port_absent',
    status: 503,
  },
  { name: 'board silent', options: ['--quirk', 'deaf'], code: 'no_answer', status: 504 },
  {
    name: 'read-protected',
    fault: async (sim) => sim.ctl('protect', 'on'),
    code: 'readout_protected',
    status: 409,
  },
  {
    name: 'verify failed',
    options: ['--quirk', 'silent-write-failure'],
    code: 'verify_failed',
    status: 502,
    stage: 'verify',
    address: /^0x0800/,
  },
];

for (const { name, options, fault, wait, code, status, stage, address } of FAULTS) {
  test(`fails clearly: ${name}`, async () => {
    const faulty = await Bench.start({ boards: [{ id: 'f103', part: 'f103rb', options }] });
    try {
      await fault?.(faulty.sims.f103);
      if (wait) await faulty.until('f103', wait);
      const file = firmware('f103', 'hex');
      const answer = await faulty.curl('--fail-with-body', '-T', file, '/api/v1/boards/f103/flash');
      assert.equal(answer.code, 22, answer.text);
      assert.equal(answer.json.code, code, answer.text);
      assert.equal(answer.json.status, status);
      assert.ok(answer.json.detail.length > 30, answer.json.detail);
      assert.equal(answer.json.board, 'f103');
      if (stage) assert.equal(answer.json.stage, stage);
      if (address) assert.match(answer.json.address, address);
    } finally {
      await faulty.clear();
    }
  });
}

test('what stands beside an image stays, if asked', async () => {
  const before = join(bench.dir, 'before.bin');
  const after = join(bench.dir, 'after.bin');
  const patch = join(bench.dir, 'patch.bin');
  const at = 0x204;
  writeFileSync(patch, Buffer.from(Array.from({ length: 37 }, (_, i) => (i * 67) % 256)));
  await bench.sims.f103.ctl('dump', before);
  const { code, text, json } = await flash(
    'f103',
    `?address=${0x08000000 + at}&keep_neighbours=true&force=true&run=false`,
    '-T',
    patch,
  );
  assert.equal(code, 0, text);
  await bench.sims.f103.ctl('dump', after);
  const want = readFileSync(before);
  readFileSync(patch).copy(want, at);
  assert.ok(readFileSync(after).equals(want), 'only the bytes of the image have changed');
  assert.ok(json.result.kept_bytes > 0);
  assert.match(json.result.merged, /^[0-9a-f]{64}$/);
  // The merged image is kept: flashed by its hash it gives the same again.
  const again = await bench.curl(
    '--fail-with-body',
    '-X',
    'POST',
    `/api/v1/boards/f103/flash?firmware=${json.result.merged}&force=true&run=false`,
  );
  assert.equal(again.code, 0, again.text);
  await bench.sims.f103.ctl('dump', after);
  assert.ok(readFileSync(after).equals(want));
});

test('burst=false is heard in a session that was left open, too', async () => {
  for (const bursts of [true, false, true]) {
    const { code, text, json } = await bench.curl(
      '--fail-with-body',
      '-T',
      firmware('f103', 'bin'),
      `/api/v1/boards/f103/flash?run=false&burst=${bursts}`,
    );
    assert.equal(code, 0, text);
    assert.equal(json.result.burst, bursts);
  }
});
