// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localTime, RANGES, rangeOf } from '../src/search-range.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const utc = (local) => new Date(local).toISOString();

const rows = [
  ['everything', ['', '', ''], { from: undefined, to: undefined }],
  ['a mark', ['reset', '', ''], { from: 'reset', to: undefined }],
  ['so many minutes', ['10min', '', ''], { from: '2026-03-01T11:50:00.000Z', to: undefined }],
  ['a day', ['1d', '', ''], { from: '2026-02-28T12:00:00.000Z', to: undefined }],
  [
    'times that another choice left behind do not count',
    ['flash', '2026-02-01T10:00', '2026-02-01T11:00'],
    { from: 'flash', to: undefined },
  ],
  [
    'from and to are local',
    ['between', '2026-02-01T10:00', '2026-02-01T10:00:01'],
    { from: utc('2026-02-01T10:00'), to: utc('2026-02-01T10:00:01') },
  ],
  [
    'open at the end',
    ['between', '2026-02-01T10:00', ''],
    { from: utc('2026-02-01T10:00'), to: undefined },
  ],
  [
    'open at the beginning',
    ['between', '', '2026-02-01T10:00'],
    { from: undefined, to: utc('2026-02-01T10:00') },
  ],
  ['the end before the beginning', ['between', '2026-02-01T10:00', '2026-02-01T09:59:59'], null],
  ['nothing between', ['between', '2026-02-01T10:00', '2026-02-01T10:00'], null],
];
for (const [name, [choice, begin, end], want] of rows)
  test(`range: ${name}`, () => assert.deepEqual(rangeOf(choice, begin, end, NOW), want));

test('each range has a name of its own', () => {
  assert.equal(new Set(RANGES.map(({ value }) => value)).size, RANGES.length);
});

test('a local time and back', () => {
  assert.match(localTime(NOW), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  assert.equal(Date.parse(localTime(NOW)), NOW);
});
