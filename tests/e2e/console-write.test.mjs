// SPDX-License-Identifier: MIT
// Whose turn it is to type, and rate, frame and break while the console runs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Bench, firmware, Viewer } from './harness.mjs';

const BOARD = '/api/v1/boards/f103';
const CONSOLE = `${BOARD}/console`;
const STREAM = '/ws/v1/boards/f103';

let bench;
before(async () => {
  bench = await Bench.start({ boards: [{ id: 'f103', part: 'f103rb' }] });
  const flash = await bench.curl('-T', firmware('f103', 'hex'), `${BOARD}/flash`);
  assert.equal(flash.code, 0, flash.text);
});
after(() => bench?.clear());

const writer = (viewer) => viewer.boards.get('f103').console.writer;
const own = (viewer) => viewer.events.find((event) => event.type === 'snapshot').viewer;
const refusals = (viewer) => viewer.events.filter((event) => event.type === 'refused');

test('one types at a time, all see who, taking over is asked for', async () => {
  const first = await Viewer.open(bench, STREAM);
  const second = await Viewer.open(bench, STREAM);
  try {
    await first.until((v) => v.boards.has('f103'));
    await second.until((v) => v.boards.has('f103'));
    assert.notEqual(own(first), own(second));
    first.send(Buffer.from('by the first\r'));
    for (const viewer of [first, second])
      await viewer.until((v) => writer(v)?.viewer === own(first) && writer(v).who === 'local');

    second.send(Buffer.from('NEVER SENT'));
    const [refused] = await second.until((v) => refusals(v).length && refusals(v));
    assert.equal(refused.problem.code, 'console_taken');
    assert.match(refused.problem.detail, /"local" types to this board since 20/);
    const post = await bench.post(CONSOLE, Buffer.from('NEVER SENT'));
    assert.deepEqual([post.status, post.body.code], [409, 'console_taken']);
    const cut = await bench.post(`${CONSOLE}/break`);
    assert.equal(cut.status, 409);

    second.send('{"type":"take"}');
    await first.until((v) => writer(v)?.viewer === own(second));
    second.send(Buffer.from('by the second\r'));
    await first.until((v) => v.text.includes('by the second'));
    second.send('{"type":"break"}');

    const taken = await bench.post(`${CONSOLE}?take=true`, Buffer.from('by a request\r'));
    assert.equal(taken.status, 200);
    await first.until((v) => writer(v) && writer(v).viewer === null);
    await first.until((v) => v.text.includes('by a request'));
    first.send('{"type":"take"}');
    await second.until((v) => writer(v)?.viewer === own(first));
    first.close();
    await second.until((v) => writer(v) === null);
    assert.ok(!second.text.includes('NEVER SENT'));
    assert.equal(refusals(second).length, 1);
  } finally {
    first.close();
    second.close();
  }
});

test('rate and frame change while it runs; a job comes back to them, a restart does not', async () => {
  const settings = async () => {
    const { baud, frame } = (await bench.board('f103')).console;
    return `${baud} ${frame}`;
  };
  const put = (body) =>
    bench.curl('-X', 'PUT', '--json', JSON.stringify(body), `${CONSOLE}/settings`);
  const changed = await put({ baud: 57600 });
  assert.equal(`${changed.json.console.baud} ${changed.json.console.frame}`, '57600 8N1');
  await put({ frame: '8N2' });
  assert.equal((await bench.post(`${BOARD}/identify`)).status, 200);
  assert.equal(await settings(), '57600 8N2');
  assert.equal((await put({ baud: 'fast' })).json.code, 'bad_parameter');

  await bench.post(`${BOARD}/reset`, { into: 'bootloader' });
  assert.equal((await put({ baud: 9600 })).json.code, 'board_in_bootloader');
  await bench.post(`${BOARD}/reset`, { into: 'application' });
  assert.equal(await settings(), '57600 8N2');

  await bench.stop();
  await bench.start();
  assert.equal(await settings(), '115200 8N1');
});

test('a mark reaches those who watch, at the offset where it stands', async () => {
  const viewer = await Viewer.open(bench, STREAM);
  try {
    await viewer.until((v) => v.boards.has('f103'));
    await bench.post(`${BOARD}/reset`, { into: 'application' });
    const mark = await viewer.until((v) => v.events.find((event) => event.type === 'mark'));
    assert.equal(mark.mark, 'reset');
    await viewer.until((v) => v.next > mark.offset + 20);
    assert.match(viewer.text.slice(mark.offset - viewer.from), /^\r\nbenchd hello/);
  } finally {
    viewer.close();
  }
});
