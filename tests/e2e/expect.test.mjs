// SPDX-License-Identifier: MIT
// One curl is a hardware test: it flashes, waits for what the firmware says, and its status tells.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Bench, firmware, Viewer } from './harness.mjs';

let bench;
before(async () => {
  bench = await Bench.start();
});
after(() => bench?.clear());

const flash = (name, parameters, ...args) =>
  bench.curl(
    '--fail-with-body',
    ...args,
    '-T',
    firmware('f103', 'hex', name),
    `/api/v1/boards/f103/flash?${new URLSearchParams(parameters)}`,
  );
const expectOf = (body, headers) => bench.post('/api/v1/boards/f103/expect', body, headers);
const states = (json) => json.result.tests.cases.map(({ name, state }) => [name, state]);

test('tests that pass: curl is content', async () => {
  const { code, json, text } = await flash('tests-pass', { results: 'unity', timeout: 30 });
  assert.equal(code, 0, text);
  assert.equal(json.state, 'done');
  assert.equal(json.result.expect.outcome, 'passed');
  assert.deepEqual(states(json), [
    ['test_sum', 'passed'],
    ['test_product', 'passed'],
    ['test_clock', 'passed'],
    ['test_sensor', 'skipped'],
  ]);
  assert.equal(json.result.tests.summary, '4 Tests 0 Failures 1 Ignored');
});

test('a test that fails makes curl fail and is named; the flash was good', async () => {
  const { code, json } = await flash('tests-fail', { results: 'auto', timeout: 30 });
  assert.equal(code, 22);
  assert.equal(json.code, 'test_failed');
  assert.equal(json.status, 424);
  assert.equal(json.stage, 'expect');
  assert.match(json.detail, /1 of 4 tests failed .*test_product: Expected 41 Was 42/);
  assert.equal(json.job.result.tests.format, 'unity');
  assert.equal(json.job.result.expect.outcome, 'failed');
  const failed = json.job.result.tests.cases.find(({ state }) => state === 'failed');
  assert.deepEqual([failed.file, failed.message], ['tests.c', 'Expected 41 Was 42']);
  assert.match(failed.lines, /test_sum:PASS.*test_product:FAIL/s);
  const around = await bench.get(
    `/api/v1/boards/f103/console?from=${failed.offset}&to=${failed.offset + 8}`,
  );
  assert.equal(around.text, 'tests.c:');
  const board = await bench.board('f103');
  assert.equal(board.quarantine, null);
  assert.equal(board.state, 'idle');
  assert.equal(board.image.sha256, json.job.image.sha256);
});

test('the report is JUnit, and survives a restart', async () => {
  const { json } = await flash('tests-fail', { results: 'unity', timeout: 30, name: 'a&b.hex' });
  const report = `/api/v1/jobs/${json.job.id}/report`;
  const { code, text } = await bench.curl('--fail', `${report}?format=junit`);
  assert.equal(code, 0);
  assert.match(text, /^<\?xml .*\n<testsuites name="a&amp;b.hex" tests="4" failures="1"/);
  assert.match(text, /<failure message="Expected 41 Was 42" type="failed">.*test_product:FAIL/);
  assert.match(text, /<skipped message="no sensor on this board">/);
  const asJson = await bench.get(`${report}?format=json`);
  assert.equal(asJson.body.tests.failed, 1);
  await bench.stop();
  await bench.start();
  assert.equal((await bench.curl(report)).text, text);
  await bench.until('f103', ({ state }) => state === 'idle');
});

test('firmware that hangs times out and keeps what was seen', async () => {
  const { code, json } = await flash('tests-hang', { results: 'unity', timeout: 2 });
  assert.equal(code, 22);
  assert.equal(json.code, 'expect_timeout');
  assert.equal(json.status, 504);
  assert.deepEqual(states(json.job), [
    ['test_sum', 'passed'],
    ['test_product', 'passed'],
  ]);
  assert.match(json.job.result.expect.lines, /test_product:PASS/);
});

test('what the firmware before said never counts', async () => {
  const good = await flash('tests-pass', { expect: '^OK$', timeout: 30 });
  assert.equal(good.code, 0, good.text);
  const { json } = await flash('tests-hang', { expect: '^OK$', timeout: 1 });
  assert.equal(json.code, 'expect_timeout');
});

test('a pattern has groups, an offset and lines; fail ends at once', async () => {
  const { json } = await flash('tests-pass', {
    expect: '(?<tests>\\d+) Tests (\\d+) Failures',
    fail: 'Hard ?Fault',
    timeout: 30,
  });
  const said = json.result.expect;
  assert.equal(said.text, '4 Tests 0 Failures');
  assert.deepEqual(said.groups, [
    { number: 1, name: 'tests', text: '4' },
    { number: 2, name: null, text: '0' },
  ]);
  assert.match(said.lines, /test_sensor:IGNORE/);
  assert.ok(said.offset >= said.from);
  assert.equal(said.stream, (await bench.board('f103')).console.stream);
  const bad = await flash('tests-fail', { expect: '^OK$', fail: ':FAIL', timeout: 60 });
  assert.equal(bad.json.code, 'test_failed');
  assert.equal(bad.json.job.result.expect.text, ':FAIL');
  assert.ok(bad.ms < 30_000, `${bad.ms} ms`);
});

test('the first byte after the reset counts', async () => {
  const { code, text } = await flash('tests-pass', {
    expect: '\\A\\r\\nbenchd tests',
    timeout: 20,
  });
  assert.equal(code, 0, text);
});

test('expect on its own: restart, send, from an offset', async () => {
  const started = await flash('hello', { expect: '> ', timeout: 20 });
  assert.equal(started.code, 0, started.text);
  const help = await expectOf({ pattern: 'led +switch (.*)$', send: 'help\r', timeout_s: 20 });
  assert.equal(help.status, 200, help.text);
  assert.equal(help.body.kind, 'expect');
  assert.equal(help.body.result.expect.groups[0].text, 'the light');
  const again = await expectOf({
    pattern: 'benchd hello',
    from: started.json.result.expect.from,
    timeout_s: 1,
  });
  assert.equal(again.status, 200, again.text);
  const older = await expectOf({ pattern: 'benchd hello', timeout_s: 0.2 });
  assert.equal(older.body.code, 'expect_timeout');
  const restarted = await expectOf({ pattern: 'benchd hello', reset: true, timeout_s: 20 });
  assert.equal(restarted.status, 200, restarted.text);
});

test('while it waits viewers see the console, typing goes through, cancel ends it', async () => {
  const viewer = await Viewer.open(bench, '/ws/v1/boards/f103');
  const job = await expectOf({ pattern: 'never said' }, { Prefer: 'respond-async' });
  assert.equal(job.status, 202);
  await viewer.until(
    (seen) => seen.jobs.get(job.body.id)?.progress?.stage === 'expect' || undefined,
  );
  const typed = await bench.post('/api/v1/boards/f103/console', 'uid\r');
  assert.ok(typed.status < 300, typed.text);
  await viewer.until((seen) => /128 KiB/.test(seen.text) || undefined);
  const began = Date.now();
  await bench.curl('-X', 'DELETE', `/api/v1/jobs/${job.body.id}`);
  await bench.curl(`/api/v1/jobs/${job.body.id}/events`); // to its end
  assert.ok(Date.now() - began < 5000);
  const { body } = await bench.get(`/api/v1/jobs/${job.body.id}`);
  assert.equal(body.state, 'cancelled');
  assert.equal(body.error.stage, 'expect');
  viewer.close();
});

test("curl writes the patterns into the address, and its end is the job's where that is asked", async () => {
  const { code, json, text } = await bench.curl(
    '--fail-with-body',
    '-T',
    firmware('f103', 'hex', 'tests-pass'),
    '--url-query',
    'expect=^(\\d+) Tests? 0 Failures',
    '--url-query',
    'timeout=20',
    '/api/v1/boards/f103/flash',
  );
  assert.equal(code, 0, text);
  assert.equal(json.result.expect.groups[0].text, '4');
  const viewer = await Viewer.open(bench, '/ws/v1/boards/f103');
  const left = bench.curl(
    '-X',
    'POST',
    '-d',
    '{"pattern":"never said"}',
    '--max-time',
    '1',
    '/api/v1/boards/f103/expect?on_disconnect=cancel',
  );
  const ended = await viewer.until((seen) =>
    [...seen.jobs.values()].find(({ kind, state }) => kind === 'expect' && state === 'cancelled'),
  );
  assert.equal(ended.error.code, 'cancelled');
  assert.equal((await left).code, 28);
  viewer.close();
});

for (const [name, parameters, code] of [
  ['no pattern', { expect: '(' }, 'bad_pattern'],
  ['two aims', { expect: 'a', results: 'tap' }, 'bad_parameter'],
  ['only a failure', { fail: 'a' }, 'bad_parameter'],
  ['no run', { expect: 'a', run: 'false' }, 'bad_parameter'],
  ['no time', { expect: 'a', timeout: '0' }, 'bad_parameter'],
  ['another framework', { results: 'gtest' }, 'bad_parameter'],
])
  test(`refused before anything is done: ${name}`, async () => {
    const { json } = await flash('tests-pass', parameters);
    assert.equal(json.code, code);
    assert.equal(json.status, 422);
    assert.equal(json.job, undefined);
  });

test('a catastrophic pattern is told as such', async () => {
  const hard = await expectOf({
    pattern: '(?:a?){60}a{60}$|(\\w+\\s?)+\\1!$',
    reset: true,
    timeout_s: 60,
  });
  assert.equal(hard.body.code, 'pattern_too_hard', hard.text);
});
