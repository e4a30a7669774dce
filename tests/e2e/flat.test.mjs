// SPDX-License-Identifier: MIT
// Descriptors and memory stay flat, however much is asked. Says something only of a build without
// sanitizers, whose allocator keeps what is freed: scripts/test runs it against the release.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Bench, BUILD, figures, firmware, Viewer } from './harness.mjs';

const ROUNDS = 6;
const MEASURED_FROM = 2; // the first rounds fill caches

const skip = !BUILD.endsWith('release') && 'for the release build';

test('rounds of uploads, refusals, viewers and jobs leave nothing behind', { skip }, async () => {
  const bench = await Bench.start({ boards: [{ id: 'f103', part: 'f103rb' }] });
  try {
    const large = join(bench.dir, 'large.bin');
    writeFileSync(large, Buffer.alloc(32 * 1024 * 1024, 0xa5));
    const round = async () => {
      const upload = await bench.curl('-T', large, '/api/v1/boards/f103/flash');
      assert.equal(upload.json.status, 422, upload.text);
      const flash = await bench.curl(
        '--fail-with-body',
        '-T',
        firmware('f103', 'bin'),
        '/api/v1/boards/f103/flash',
      );
      assert.equal(flash.code, 0, flash.text);
      for (let i = 0; i < 200; i++) {
        const { status } = await bench.get(i % 2 ? '/api/v1/jobs?limit=5' : '/api/v1/nothing');
        assert.equal(status, i % 2 ? 200 : 404);
      }
      for (let i = 0; i < 20; i++) {
        const viewers = await Promise.all(
          Array.from({ length: 10 }, () => Viewer.open(bench, '/ws/v1/boards/f103')),
        );
        await Promise.all(viewers.map((viewer) => viewer.until((v) => v.events.length > 0)));
        for (const viewer of viewers) viewer[i % 2 ? 'close' : 'abandon']();
        await Promise.all(viewers.map((viewer) => viewer.closed));
      }
    };
    const rows = [];
    for (let i = 0; i < ROUNDS; i++) {
      await round();
      // What the last viewers held is given back at the server's next turn.
      for (let turn = 0; turn < 50; turn++) await bench.get('/healthz');
      rows.push(figures(bench.program.pid));
    }
    const told = JSON.stringify(rows);
    const first = rows[MEASURED_FROM];
    const last = rows.at(-1);
    assert.ok(last.fds <= first.fds + 2, told);
    assert.ok(last.threads === first.threads, told);
    assert.ok(last.rss_kib <= first.rss_kib + 3 * 1024, told);
    assert.ok(last.rss_kib < 64 * 1024, told);
  } finally {
    await bench.clear();
  }
});
