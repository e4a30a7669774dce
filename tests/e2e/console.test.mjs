// SPDX-License-Identifier: MIT
// One console, many readers: all see the same bytes, whoever comes and goes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { Bench, firmware, Viewer } from './harness.mjs';

const PATH = '/ws/v1/boards/f103';

let bench;
before(async () => {
  bench = await Bench.start({ boards: [{ id: 'f103', part: 'f103rb' }] });
  const { code, text } = await bench.curl(
    '--fail-with-body',
    '-T',
    firmware('f103', 'elf'),
    '/api/v1/boards/f103/flash',
  );
  assert.equal(code, 0, text);
  const viewer = await Viewer.open(bench, PATH);
  await viewer.until((v) => v.text.endsWith('> '));
  await type('echo\r');
  await viewer.until((v) => v.text.endsWith('echo\r\n'));
  viewer.close();
});
after(() => bench?.clear());

/** Types bytes; the board's program, told so above, sends them back as they are. */
async function type(text) {
  const { status } = await bench.post('/api/v1/boards/f103/console', Buffer.from(text));
  assert.ok(status < 300, `typing: ${status}`);
}

/** curl that follows the console from an offset; resolves with its bytes when until() is in them. */
async function follow(from, until) {
  const url = `${bench.url}/api/v1/boards/f103/console?from=${from}&follow=true`;
  const child = spawn('curl', ['-sSN', '--noproxy', '*', '--max-time', '100', url]);
  let text = '';
  for await (const data of child.stdout) {
    text += data.toString('latin1');
    if (text.includes(until)) break;
  }
  child.kill();
  await once(child, 'close').catch(() => {});
  return text;
}

test('what a flashed board prints at its start is on the console, from the mark of the flash', async () => {
  const heard = await bench.hears('f103', /type help and Enter/, 'flash');
  const { text, headers, status } = await bench.get('/api/v1/boards/f103/console?from=flash');
  assert.equal(status, 200);
  assert.ok(text.startsWith(heard));
  assert.ok(Number(headers.get('console-offset')) >= 0);
});

test('two viewers and a curl see the same bytes', async () => {
  const start = (await bench.board('f103')).console.offset;
  const one = await Viewer.open(bench, `${PATH}?from=${start}`);
  const two = await Viewer.open(bench, `${PATH}?from=${start}`);
  const curl = follow(start, 'line 19.');
  for (let i = 0; i < 20; i++) await type(`line ${i}.\r\n`);
  await one.until((v) => v.text.includes('line 19.'));
  await two.until((v) => v.text.includes('line 19.'));
  const cut = (text) => text.slice(0, text.indexOf('line 19.') + 8);
  assert.equal(one.from, start);
  assert.equal(cut(two.text), cut(one.text));
  assert.equal(cut(await curl), cut(one.text));
  one.close();
  two.close();
});

test('one that comes back with its offset misses nothing and sees nothing twice', async () => {
  const steady = await Viewer.open(bench, PATH);
  const start = (await bench.board('f103')).console.offset;
  let text = '';
  let next = start;
  for (let round = 0; round < 5; round++) {
    const viewer = await Viewer.open(bench, `${PATH}?from=${next}`);
    await type(`while here ${round}.\r\n`);
    await viewer.until((v) => v.text.includes(`while here ${round}.`));
    text += viewer.text;
    next = viewer.next;
    viewer.socket.terminate();
    await type(`while away ${round}.\r\n`);
  }
  const last = await Viewer.open(bench, `${PATH}?from=${next}`);
  await last.until((v) => v.text.includes('while away 4.'));
  text += last.text;
  await steady.until((v) => v.next >= last.next);
  assert.equal(last.gaps.length, 0);
  const from = start - steady.from;
  assert.equal(text, steady.text.slice(from, from + text.length));
  last.close();
  steady.close();
});

test('a viewer types, and all see it', async () => {
  const typist = await Viewer.open(bench, PATH);
  const watcher = await Viewer.open(bench, PATH);
  typist.send('{"type":"take"}'); // a request before has typed
  typist.send(Buffer.from('typed by one\r\n'));
  await watcher.until((v) => v.text.includes('typed by one'));
  typist.close();
  watcher.close();
});

test('one that never reads disturbs nobody', async () => {
  const sleeper = await Viewer.open(bench, PATH);
  sleeper.socket._socket.pause();
  const viewer = await Viewer.open(bench, PATH);
  for (let i = 0; i < 20; i++) await type(`${'x'.repeat(100)} ${i}.\r\n`);
  await viewer.until((v) => v.text.includes('x 19.'));
  assert.equal(viewer.gaps.length, 0);
  const { code, ms } = await bench.curl('--fail', '/api/v1/boards');
  assert.equal(code, 0);
  assert.ok(ms < 5000, `${ms} ms`);
  sleeper.socket.terminate();
  viewer.close();
});

test('an offset ahead of the head is a gap, said once', async () => {
  const viewer = await Viewer.open(bench, `${PATH}?from=999999999`);
  await viewer.until((v) => v.gaps.length === 1);
  await type('after the gap\r\n');
  await viewer.until((v) => v.text.includes('after the gap'));
  assert.equal(viewer.gaps.length, 1);
  viewer.close();
});

test('the last bytes, a range, NDJSON with offsets and times', async () => {
  await type('the end\r\n');
  const seen = await Viewer.open(bench, PATH);
  await seen.until((v) => v.text.includes('the end\r\n'));
  seen.close();
  const tail = await bench.get('/api/v1/boards/f103/console?from=-9');
  assert.equal(tail.text, 'the end\r\n');
  const at = Number(tail.headers.get('console-offset'));
  const range = await bench.get(`/api/v1/boards/f103/console?from=${at}&to=${at + 3}`);
  assert.equal(range.text, 'the');
  const lines = await bench.get(`/api/v1/boards/f103/console?from=${at}`, {
    Accept: 'application/x-ndjson',
  });
  const line = JSON.parse(lines.text.split('\n')[0]);
  assert.equal(line.offset, at);
  assert.match(line.time, /^\d{4}-.*Z$/);
  assert.ok('the end\r\n'.startsWith(line.text));
});

test('while a job runs the console takes no input', async () => {
  const viewer = await Viewer.open(bench, PATH);
  const flash = bench.curl('-T', firmware('f103', 'hex'), '/api/v1/boards/f103/flash');
  await viewer.until((v) => v.boards.get('f103')?.state === 'busy');
  const { status, body } = await bench.post('/api/v1/boards/f103/console', Buffer.from('x'));
  assert.equal(status, 409);
  assert.equal(body.code, 'board_busy');
  viewer.send(Buffer.from('x'));
  await viewer.until((v) => v.events.find((event) => event.type === 'refused'));
  assert.equal((await flash).code, 0);
  viewer.close();
});

// From the file to the chip, from the keys to the program, and back: what the program reads of its
// own chip is what the bootloader said of it.
test('the whole circle, on the demo: flash, type "uid", the answer comes back', async () => {
  const demo = await Bench.start({ boards: [], args: ['--demo'] });
  try {
    await demo.until('f103', (board) => board.state === 'idle');
    const { code, json, text } = await demo.curl(
      '--fail-with-body',
      '-T',
      firmware('f103', 'hex'),
      '/api/v1/boards/f103/flash',
    );
    assert.equal(code, 0, text);
    assert.equal(json.result.started, 'reset');
    assert.equal(json.result.console_spoke, true);
    const viewer = await Viewer.open(demo, `${PATH}?from=0`);
    await viewer.until((v) => v.text.endsWith('> '));
    const { status } = await demo.post('/api/v1/boards/f103/console', Buffer.from('uid\r'));
    assert.ok(status < 300, `typing: ${status}`);
    const { device } = await demo.board('f103');
    const id = Buffer.from(device.unique_id, 'hex').reverse().toString('hex');
    await viewer.until((v) => v.text.toLowerCase().includes(`${id} 128 kib`));
    viewer.close();
  } finally {
    await demo.clear();
  }
});
