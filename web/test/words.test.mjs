// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryDelay } from '../src/stream.js';
import {
  achieved,
  ago,
  duration,
  hex,
  kindOf,
  linkWords,
  mended,
  plural,
  rangeWords,
  size,
} from '../src/words.js';

const rows = [
  [size(300), '300 B'],
  [size(1024), '1 KiB'],
  [size(1536), '1.5 KiB'],
  [size(131072), '128 KiB'],
  [size(1048576), '1 MiB'],
  [duration(0.42), '0.4 s'],
  [duration(12.4), '12 s'],
  [duration(185), '3 min 5 s'],
  [duration(7300), '2 h 1 min'],
  [plural(1, 'sector'), '1 sector'],
  [plural(1200, 'sector'), '1,200 sectors'],
  [hex(0x08000000), '0x08000000'],
  [ago('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:10Z')), 'just now'],
  [ago('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:05:00Z')), '5 min ago'],
  [ago('2026-01-01T00:00:00Z', Date.parse('2026-01-03T00:00:00Z')), '2 days ago'],
  [ago(null), ''],
  [kindOf({ kind: 'flash', parameters: { dry_run: true } }), 'plan'],
  [kindOf({ kind: 'flash', parameters: {} }), 'flash'],
  [achieved({ kind: 'verify', result: { match: true } }), 'The part holds exactly this firmware.'],
  [
    achieved({ kind: 'verify', result: { match: false, address: '0x08000400' } }),
    'The part differs, first at 0x08000400.',
  ],
  [
    achieved({
      kind: 'flash',
      result: {
        written_bytes: 12044,
        skipped_bytes: 0,
        verified: 'read',
        started: 'reset',
        seconds: 2.71,
      },
    }),
    '12,044 bytes written, verified, restarted by reset in 2.7 s.',
  ],
  [
    achieved({
      kind: 'flash',
      result: {
        written_bytes: 256,
        skipped_bytes: 1024,
        verified: 'crc',
        started: 'go',
        console_spoke: true,
      },
    }),
    '256 bytes written, 1,024 bytes not sent (blank, or there already), verified by checksum, ' +
      'started from the bootloader. It spoke on the console.',
  ],
  [mended(undefined), ''],
  [mended({ rewrite: 1 }), 'Mended on the way: 1 block was written again.'],
  [
    mended({ resync: 2, rewrite: 2, reattach: 3 }),
    'Mended on the way: 2 blocks were written again; both sides were brought back in step twice; ' +
      'the adapter vanished and came back 3 times.',
  ],
  [mended({ 'of a newer server': 1 }), ''],
  [linkWords(null), ''],
  [
    linkWords({ baud: 115200, burst: true, turnaround_ms: 16.02 }),
    '115200 baud, blocks at once, answers in 16 ms',
  ],
  [rangeWords({}), ''],
  [rangeWords({ address: '0x08004000', length: 16384 }), '0x08004000 to 0x08007FFF, 16 KiB'],
  [rangeWords({ address: '0x08004000', length: 16384 }, 'from 0x08004000 on'), '16 KiB'],
  [achieved({ kind: 'erase', result: { erased_sectors: [0, 1] } }), '2 sectors erased.'],
];
for (const [got, want] of rows)
  test(`says: ${want || 'nothing'}`, () => {
    assert.equal(got.replaceAll('\u00a0', ' '), want);
  });

test('the wait before a new connection grows and is bounded', () => {
  assert.ok(retryDelay(0, 0) >= 250 && retryDelay(0, 1) <= 400);
  assert.ok(retryDelay(3, 0) > retryDelay(1, 1));
  assert.equal(retryDelay(50, 1), 10000);
});
