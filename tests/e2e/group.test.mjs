// SPDX-License-Identifier: MIT
// One image to many boards: one curl, and one believes its status for all of them.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Bench, bigImage, firmware } from './harness.mjs';

const BOARDS = [
  { id: 'one', part: 'f103rb', tags: ['mice', 'left'] },
  { id: 'two', part: 'f103rb', tags: ['mice'] },
  { id: 'gone', port: '/nowhere/tty', tags: ['left'] },
];
const HEX = firmware('f103', 'hex');

let bench;
before(async () => {
  bench = await Bench.start({ boards: BOARDS });
  await bench.until('gone', (board) => board.state === 'absent' && board.cause);
});
after(() => bench?.clear());

let jobsBefore;
const jobs = async () => (await bench.get('/api/v1/jobs?limit=100')).body.jobs;
const newJobs = async () => (await jobs()).length - jobsBefore;
beforeEach(async () => {
  jobsBefore = (await jobs()).length;
});

const flash = (query, ...args) =>
  bench.curl('--fail-with-body', ...args, '-T', HEX, `/api/v1/flash?${query}`);
const lines = (text) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const boardsOf = (list) => list.map((job) => job.board);

for (const query of ['boards=two,one', 'tag=mice', 'boards=one&tag=mice', 'boards=one,two,one']) {
  test(`${query}: each board once, all done`, async () => {
    const { code, json, text } = await flash(query);
    assert.equal(code, 0, text);
    assert.deepEqual(boardsOf(json.jobs), ['one', 'two']);
    assert.deepEqual(Object.keys(json), ['jobs']);
    for (const job of json.jobs) {
      assert.equal(job.state, 'done');
      assert.equal(job.error, null);
      assert.equal((await bench.board(job.board)).image.sha256, job.image.sha256);
    }
    assert.equal(await newJobs(), 2);
  });
}

const REFUSED = [
  ['', 422, 'bad_parameter', /boards=.*tag=/],
  ['boards=', 422, 'bad_parameter', /comma/],
  ['boards=one,,two', 422, 'bad_parameter', /comma/],
  ['boards=one,', 422, 'bad_parameter', /comma/],
  ['boards=one,on', 404, 'no_such_board', /"on"/],
  ['boards=one,twofold', 404, 'no_such_board', /"twofold"/],
  ['boards=nobody&tag=mice', 404, 'no_such_board', /"nobody"/],
  ['tag=rats', 404, 'no_such_board', /tag "rats"/],
  ['boards=one&erase=some', 422, 'bad_parameter', /erase/],
  ['boards=one&board=two', 422, 'unknown_parameter', /board/],
];
for (const [query, status, code, detail] of REFUSED) {
  test(`"${query}": ${code}, and nothing is flashed`, async () => {
    const { code: exit, json } = await flash(query);
    assert.equal(exit, 22);
    assert.equal(json.status, status);
    assert.equal(json.code, code);
    assert.match(json.detail, detail);
    assert.equal(await newJobs(), 0);
  });
}

test('boards whose port is absent are named, and stop no other', async () => {
  await bench.sims.two.ctl('unplug');
  await bench.until('two', (board) => board.state === 'absent');
  const { code, json, text } = await flash('tag=left&boards=two');
  await bench.sims.two.ctl('replug');
  await bench.until('two', (board) => board.state === 'idle');
  assert.equal(code, 22, text);
  assert.equal(json.code, 'group_failed');
  assert.equal(json.status, 502);
  assert.match(json.detail, /^2 of 3 boards failed: two \(port_absent\), gone \(port_absent\)\./);
  assert.match(json.detail, / two: The /);
  assert.deepEqual(boardsOf(json.jobs), ['one']);
  assert.equal(json.jobs[0].state, 'done');
  assert.deepEqual(boardsOf(json.refused), ['two', 'gone']);
});

test('a board whose flash is worn out fails alone', async () => {
  await bench.sims.two.ctl('quirk', 'silent-write-failure', 'on');
  const file = bigImage(bench.dir, 4096, 9);
  const { code, json } = await bench.curl(
    '--fail-with-body',
    '-T',
    file,
    '/api/v1/flash?tag=mice&force=true',
  );
  await bench.sims.two.ctl('quirk', 'silent-write-failure', 'off');
  assert.equal(code, 22);
  const [one, two] = json.jobs;
  assert.equal(one.state, 'done');
  assert.equal(two.state, 'failed');
  const says = `1 of 2 boards failed: two (${two.error.code}). two: ${two.error.detail}`;
  assert.equal(json.detail, says);
  assert.equal(two.error.code, 'verify_failed');
});

test('a job that fails is named, with its reason', async () => {
  const { code, json } = await flash('boards=one,two&expect=never-said&timeout=0.2');
  assert.equal(code, 22);
  assert.match(json.detail, /^2 of 2 .*: one \(expect_timeout\), two \(expect_timeout\)\./);
  assert.equal(json.refused, undefined);
  assert.deepEqual(
    json.jobs.map((job) => job.state),
    ['failed', 'failed'],
  );
});

test('all refuse: no waiting, also when asked not to wait', async () => {
  const { code, json } = await flash('boards=gone', '-H', 'Prefer: respond-async');
  assert.equal(code, 22);
  assert.equal(json.code, 'group_failed');
  assert.deepEqual(json.jobs, []);
});

test('respond-async: the jobs that were taken, and who refused', async () => {
  const { code, json } = await flash('tag=left', '-H', 'Prefer: respond-async');
  assert.equal(code, 0);
  assert.deepEqual(boardsOf(json.jobs), ['one']);
  assert.equal(json.refused[0].board, 'gone');
  const { text } = await bench.get(`/api/v1/jobs/${json.jobs[0].id}/events`);
  assert.equal(lines(text).at(-1).job.state, 'done');
});

test('NDJSON: every line says its board, the outcome is of all', async () => {
  const { code, text } = await flash('tag=mice', '-H', 'Accept: application/x-ndjson');
  assert.equal(code, 0);
  const said = lines(text);
  const outcome = said.pop();
  assert.equal(outcome.type, 'outcome');
  assert.deepEqual(boardsOf(outcome.jobs), ['one', 'two']);
  for (const id of ['one', 'two']) {
    const own = said.filter((line) => line.board === id);
    const seqs = own.filter((line) => line.seq !== undefined).map((line) => line.seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, i) => i),
    );
    assert.ok(own.some((line) => line.type === 'progress'));
    assert.equal(own.at(-1).type, 'job');
    assert.equal(own.at(-1).job.state, 'done');
  }
  for (const line of said) assert.ok(line.board || line.type === 'heartbeat', line.type);
});

test('NDJSON of a group that fails is cut after its outcome', async () => {
  const { code, text } = await flash('tag=left', '-H', 'Accept: application/x-ndjson');
  assert.equal(code, 18);
  const said = lines(text);
  const refusal = said.find((line) => line.type === 'refused');
  assert.equal(refusal.board, 'gone');
  assert.equal(refusal.problem.code, 'port_absent');
  assert.equal(said.at(-1).jobs[0].state, 'done');
  assert.equal(said.at(-1).refused[0].board, 'gone');
});

for (const accept of ['application/json', 'application/x-ndjson']) {
  test(`on_disconnect=cancel ends all jobs (${accept})`, async () => {
    const gone = new AbortController();
    const file = bigImage(bench.dir, 100 * 1024, accept.length);
    const { sha256 } = (await bench.curl('-T', file, '/api/v1/boards/one/flash?dry_run=true')).json
      .job.image;
    const query = `tag=mice&force=true&on_disconnect=cancel&firmware=${sha256}`;
    const request = fetch(`${bench.url}/api/v1/flash?${query}`, {
      method: 'POST',
      headers: { Accept: accept },
      signal: gone.signal,
    })
      .then((response) => response.text())
      .catch((error) => error.name);
    const busy = await Promise.all(
      ['one', 'two'].map((id) => bench.until(id, (board) => board.state === 'busy')),
    );
    gone.abort();
    assert.equal(await request, 'AbortError');
    for (const { job } of busy) {
      await bench.get(`/api/v1/jobs/${job}/events`); // to its end
      assert.equal((await bench.get(`/api/v1/jobs/${job}`)).body.state, 'cancelled');
    }
  });
}
