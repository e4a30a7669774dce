// SPDX-License-Identifier: MIT
// benchd is killed in the middle of a write: nothing is forgotten, and the board is marked.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { Bench, bigImage, firmware } from './harness.mjs';

test('kill -9 in mid-write: interrupted, quarantined, and the next flash ends it', async () => {
  const bench = await Bench.start({ boards: [{ id: 'f103', part: 'f103rb' }] });
  try {
    const first = await bench.curl(
      '--fail-with-body',
      '-T',
      firmware('f103', 'hex'),
      '/api/v1/boards/f103/flash',
    );
    assert.equal(first.code, 0, first.text);

    const big = bigImage(bench.dir, 48 * 1024);
    const curl = spawn('curl', [
      '-sSN',
      '--noproxy',
      '*',
      '-H',
      'Accept: application/x-ndjson',
      '-T',
      big,
      `${bench.url}/api/v1/boards/f103/flash`,
    ]);
    let id;
    for await (const line of createInterface({ input: curl.stdout })) {
      const event = JSON.parse(line);
      if (event.type === 'progress' && event.stage === 'write' && event.done > 0) {
        id = (await bench.board('f103')).job;
        break;
      }
    }
    curl.kill();
    assert.ok(id, 'a write was seen');
    await bench.kill();

    await bench.start();
    const cut = await bench.get(`/api/v1/jobs/${id}`);
    assert.equal(cut.body.state, 'interrupted');
    assert.equal(cut.body.error.code, 'interrupted');
    const kept = await bench.get(`/api/v1/jobs/${first.json.id}`);
    assert.deepEqual(kept.body, first.json, 'no history was lost');
    const board = await bench.board('f103');
    assert.equal(board.quarantine.job, id);
    assert.ok(board.quarantine.reason.length > 10);

    const reset = await bench.post('/api/v1/boards/f103/reset', { into: 'application' });
    assert.equal(reset.status, 409);
    assert.equal(reset.body.code, 'quarantined');

    const again = await bench.curl(
      '--fail-with-body',
      '-T',
      firmware('f103', 'hex'),
      '/api/v1/boards/f103/flash',
    );
    assert.equal(again.code, 0, again.text);
    assert.equal((await bench.board('f103')).quarantine, null);
    await bench.stop();

    await bench.start();
    assert.equal((await bench.board('f103')).quarantine, null);
    const list = await bench.get('/api/v1/jobs?board=f103');
    const ids = list.body.jobs.map((job) => job.id);
    assert.deepEqual(
      ids.filter((one) => [first.json.id, id, again.json.id].includes(one)),
      [again.json.id, id, first.json.id],
    );
  } finally {
    await bench.clear();
  }
});

test('a job that had changed nothing leaves no quarantine', async () => {
  const bench = await Bench.start({
    boards: [{ id: 'f103', part: 'f103rb', options: ['--quirk', 'deaf'] }],
  });
  try {
    const viewer = bench.until('f103', (board) => board.job);
    const flash = bench.curl('-T', firmware('f103', 'hex'), '/api/v1/boards/f103/flash');
    const { job } = await viewer;
    await bench.kill();
    await flash;
    await bench.start();
    const { body } = await bench.get(`/api/v1/jobs/${job}`);
    assert.equal(body.state, 'interrupted');
    assert.equal((await bench.board('f103')).quarantine, null);
  } finally {
    await bench.clear();
  }
});
