// SPDX-License-Identifier: MIT
// Progress as it happens, and the asynchronous form.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { Bench, bigImage, firmware } from './harness.mjs';

const NDJSON = ['-N', '-H', 'Accept: application/x-ndjson'];

let bench;
let big;
before(async () => {
  bench = await Bench.start({ boards: [{ id: 'f103', part: 'f103rb' }] });
  big = bigImage(bench.dir, 24 * 1024);
});
after(() => bench?.clear());

const parsed = (text) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('NDJSON shows stages and progress, the outcome last', async () => {
  const { code, text } = await bench.curl(...NDJSON, '-T', big, '/api/v1/boards/f103/flash');
  assert.equal(code, 0, text);
  const events = parsed(text);
  const last = events.at(-1);
  assert.equal(last.type, 'outcome');
  assert.equal(last.job.state, 'done');
  const stages = [...new Set(events.filter((e) => e.type === 'progress').map((e) => e.stage))];
  for (const stage of ['erase', 'write', 'verify']) assert.ok(stages.includes(stage), `${stages}`);
  const writes = events
    .filter((e) => e.type === 'progress' && e.stage === 'write')
    .map((e) => e.done);
  assert.ok(writes.length >= 3, `${writes.length} progress lines of write`);
  assert.deepEqual(
    writes,
    [...writes].sort((a, b) => a - b),
  );
});

test('progress comes while it happens, not at the end', async () => {
  const url = `${bench.url}/api/v1/boards/f103/flash`;
  const child = spawn('curl', ['-sS', '--noproxy', '*', ...NDJSON, '-T', big, url]);
  const seen = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    // While the stream says "write", the job itself must still run.
    if (event.type === 'progress' && event.stage === 'write' && seen.length === 0) {
      const { body } = await bench.get('/api/v1/boards/f103');
      seen.push(body.state, (await bench.get(`/api/v1/jobs/${body.job}`)).body.state);
    }
  }
  await once(child, 'close');
  assert.deepEqual(seen, ['busy', 'running']);
});

test('a job that fails ends the stream with its outcome and curl with 18', async () => {
  const broken = await Bench.start({
    boards: [{ id: 'f103', part: 'f103rb', options: ['--quirk', 'silent-write-failure'] }],
  });
  try {
    const file = firmware('f103', 'hex');
    const { code, text } = await broken.curl(...NDJSON, '-T', file, '/api/v1/boards/f103/flash');
    assert.equal(code, 18, text);
    const last = parsed(text).at(-1);
    assert.equal(last.type, 'outcome');
    assert.equal(last.job.state, 'failed');
    assert.equal(last.job.error.code, 'verify_failed');
  } finally {
    await broken.clear();
  }
});

test('what can be refused at once is refused with its status, not streamed', async () => {
  const { code, json } = await bench.curl(
    ...NDJSON,
    '--fail-with-body',
    '-T',
    big,
    '/api/v1/boards/f103/flash?rnu=true',
  );
  assert.equal(code, 22);
  assert.equal(json.code, 'unknown_parameter');
});

test('respond-async answers 202 with a Location; the job and its events can be followed', async () => {
  const { code, text, json } = await bench.curl(
    '--fail-with-body',
    '-H',
    'Prefer: respond-async',
    '-w',
    '%{stderr}%{http_code} %header{location}',
    '-T',
    firmware('f103', 'elf'),
    '/api/v1/boards/f103/flash',
  );
  assert.equal(code, 0, text);
  assert.ok(['queued', 'running'].includes(json.state), text);
  const events = await bench.curl('-N', `/api/v1/jobs/${json.id}/events`);
  assert.equal(events.code, 0, events.text);
  const last = parsed(events.text).at(-1);
  assert.equal(last.type, 'outcome');
  assert.equal(last.job.state, 'done');
  const { status, body } = await bench.get(`/api/v1/jobs/${json.id}`);
  assert.equal(status, 200);
  assert.equal(body.state, 'done');
  const list = await bench.get('/api/v1/jobs?board=f103&state=done&limit=1');
  assert.equal(list.body.jobs[0].id, json.id);
});

test("the 202 carries the job's place", async () => {
  const response = await fetch(`${bench.url}/api/v1/boards/f103/identify`, {
    method: 'POST',
    headers: { Prefer: 'respond-async' },
  });
  assert.equal(response.status, 202);
  const job = await response.json();
  assert.equal(response.headers.get('location'), `/api/v1/jobs/${job.id}`);
  const events = await bench.curl('-N', `/api/v1/jobs/${job.id}/events`);
  assert.equal(events.code, 0);
});

/** Starts a flash with curl and ends curl once bytes are being written; gives the job's id. */
async function leave(query) {
  const url = `${bench.url}/api/v1/boards/f103/flash${query}`;
  const child = spawn('curl', ['-sS', '--noproxy', '*', ...NDJSON, '-T', big, url]);
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.type === 'progress' && event.stage === 'write') {
      const { job } = await bench.board('f103');
      child.kill('SIGKILL');
      return job;
    }
  }
  throw new Error('no write was seen');
}

test('a client that goes away does not stop its job', async () => {
  const id = await leave('');
  const events = await bench.curl('-N', `/api/v1/jobs/${id}/events`);
  assert.equal(events.code, 0);
  assert.equal(parsed(events.text).at(-1).job.state, 'done');
});

test('on_disconnect=cancel does, and the cut write leaves a quarantine', async () => {
  const id = await leave('?on_disconnect=cancel');
  const events = await bench.curl('-N', `/api/v1/jobs/${id}/events`);
  assert.equal(events.code, 0, 'the history of a job is told to its end, whatever that was');
  assert.equal(parsed(events.text).at(-1).job.state, 'cancelled');
  assert.equal((await bench.board('f103')).quarantine.job, id);
});

test('DELETE cancels a job between two steps, and a good flash ends the quarantine', async () => {
  const response = await fetch(`${bench.url}/api/v1/boards/f103/flash`, {
    method: 'POST',
    headers: { Prefer: 'respond-async' },
    body: readFileSync(big),
  });
  const job = await response.json();
  await bench.until('f103', (board) => board.job === job.id);
  const cancelled = await bench.curl('-X', 'DELETE', '--fail-with-body', `/api/v1/jobs/${job.id}`);
  assert.equal(cancelled.code, 0, cancelled.text);
  const events = await bench.curl('-N', `/api/v1/jobs/${job.id}/events`);
  assert.equal(parsed(events.text).at(-1).job.state, 'cancelled');
  const again = await bench.curl(
    '--fail-with-body',
    '-T',
    firmware('f103', 'hex'),
    '/api/v1/boards/f103/flash',
  );
  assert.equal(again.code, 0, again.text);
  assert.equal((await bench.board('f103')).quarantine, null);
});

test('a second cancel of the same job is told that it has ended', async () => {
  const { body } = await bench.get('/api/v1/jobs?state=cancelled');
  const answer = await bench.curl('-X', 'DELETE', `/api/v1/jobs/${body.jobs[0].id}`);
  assert.equal(answer.json.code, 'job_final');
  assert.equal(answer.json.status, 409);
});
