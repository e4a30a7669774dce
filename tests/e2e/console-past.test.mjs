// SPDX-License-Identifier: MIT
// What a board printed is kept, through a kill of benchd, and is read in every view.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Bench, firmware, Viewer } from './harness.mjs';

const CONSOLE = '/api/v1/boards/f103/console';

async function told(bench, text) {
  const viewer = await Viewer.open(bench, '/ws/v1/boards/f103');
  await viewer.until((v) => v.text.includes(text));
  viewer.close();
}

test('after kill -9 the past is there, and the views read it', async () => {
  const bench = await Bench.start({ boards: [{ id: 'f103', part: 'f103rb' }] });
  try {
    const flash = await bench.curl('-T', firmware('f103', 'hex'), '/api/v1/boards/f103/flash');
    assert.equal(flash.code, 0, flash.text);
    await told(bench, '> ');
    await bench.post(CONSOLE, Buffer.from('echo\r'));
    await told(bench, 'echo\r\n');
    await bench.post(CONSOLE, Buffer.from('\x1b[31mspeed:1.5 left:3\x1b[0m\r\n'));
    await told(bench, 'left:3\x1b[0m\r\n');
    const { stream } = (await bench.board('f103')).console;
    const before = await bench.get(CONSOLE);
    const folder = join(bench.dir, 'state/console/f103');
    const written = () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.raw'))
        .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    while (written() < before.text.length) await bench.board('f103'); // a moment after it came
    await bench.kill();

    for (const name of readdirSync(folder))
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);

    await bench.start();
    const now = (await bench.board('f103')).console;
    assert.notEqual(now.stream, stream);
    const { streams } = (await bench.get(`${CONSOLE}/streams`)).body;
    assert.deepEqual(
      streams.map((one) => [one.stream, one.live]),
      [
        [now.stream, true],
        [stream, false],
      ],
    );
    const old = `${CONSOLE}?stream=${stream}`;
    const raw = await bench.get(old);
    assert.equal(raw.text, before.text, 'to the last byte');
    assert.equal(raw.headers.get('console-stream'), stream);

    const text = await bench.get(`${old}&view=text&from=flash`);
    assert.ok(text.text.includes('\nspeed:1.5 left:3\n'), text.text);
    assert.ok(!text.text.includes('\x1b'));
    const csv = await bench.get(`${old}&view=csv&from=flash`);
    assert.match(csv.text, /^time,offset,speed,left\n20[^,]*Z,\d+,1\.5,3\n$/);
    const hex = await bench.get(`${old}&view=hex&from=-4`);
    assert.match(hex.text, /^[0-9a-f]{8} {2}30 6d 0d 0a .*\|0m\.\.\|\n$/);
    const lines = (await bench.get(`${old}&view=ndjson`)).text.trim().split('\n').map(JSON.parse);
    assert.equal(lines.map((line) => line.text).join(''), before.text);
    const last = lines.at(-1);
    const since = await bench.get(`${old}&from=${encodeURIComponent(last.time)}`);
    assert.ok(before.text.endsWith(since.text) && since.text.endsWith(last.text));
    assert.equal((await bench.get(`${old}&to=${encodeURIComponent(lines[0].time)}`)).text, '');

    const missing = await bench.get(`${CONSOLE}?stream=01ARZ3NDEKTSV4RRFFQ69G5FAV`);
    assert.equal(missing.status, 422);
    assert.equal((await bench.get(`${CONSOLE}?from=yesterday`)).body.code, 'bad_parameter');
  } finally {
    await bench.clear();
  }
});

test('without a log there is only the memory', async () => {
  const bench = await Bench.start({
    boards: [{ id: 'f103', part: 'f103rb', console: { log: false } }],
  });
  try {
    assert.equal((await bench.board('f103')).console.log, null);
    const { streams } = (await bench.get(`${CONSOLE}/streams`)).body;
    assert.equal(streams.length, 1);
  } finally {
    await bench.clear();
  }
});
