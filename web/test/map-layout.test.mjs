// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filled, layout, spanIn, tally } from '../src/map-layout.js';

const KIB = 1024;
function sectorsOf(...runs) {
  const sectors = [];
  let at = 0x08000000;
  for (const [count, length] of runs)
    for (let i = 0; i < count; i++, at += length)
      sectors.push({ number: sectors.length, address: `0x${at.toString(16)}`, length });
  return sectors;
}

const parts = [
  ['F103, 128 pages', [[128, KIB]], 8, 16],
  [
    'F407, 12 unequal sectors',
    [
      [4, 16 * KIB],
      [1, 64 * KIB],
      [7, 128 * KIB],
    ],
    8,
    5,
  ],
  ['L476, 512 pages', [[512, 2 * KIB]], 16, 32],
  ['L152, 2048 pages', [[2048, 256]], 16, 128],
  ['H743, 16 sectors', [[16, 128 * KIB]], 8, 2],
  ['a part of one sector', [[1, 16 * KIB]], 1, 1],
];
for (const [name, runs, rows, cells] of parts)
  test(`${name}: ${rows} rows, the first with ${cells} cells, to scale`, () => {
    const sectors = sectorsOf(...runs);
    const map = layout(sectors);
    assert.equal(map.length, rows);
    assert.equal(map[0].cells.length, cells);
    const rowBytes = (map[1]?.address ?? map[0].address + 16 * KIB) - map[0].address;
    let bytes = 0;
    for (const row of map)
      for (const cell of row.cells) {
        assert.ok(cell.x >= 0 && cell.x + cell.width <= 100);
        bytes += (cell.width / 100) * rowBytes;
      }
    assert.equal(
      Math.round(bytes),
      sectors.reduce((sum, { length }) => sum + length, 0),
    );
  });

test('a sector longer than its share of rows fills the first cell first', () => {
  const cell = { number: 0, address: 0, length: 4, x: 0, width: 100, from: 0.5, to: 1 };
  assert.equal(filled(cell, 0.25), 0);
  assert.equal(filled(cell, 0.75), 0.5);
  assert.equal(filled(cell, 1), 1);
});

for (const [name, start, length, want] of [
  ['within a row', 0x08000400, KIB, { x: 6.25, width: 6.25 }],
  ['from before to behind it', 0x07ffff00, 64 * KIB, { x: 0, width: 100 }],
  ['beside it', 0x08004000, KIB, null],
  ['of nothing', 0x08000000, 0, null],
  ['that nobody knows', Number.NaN, 0, null],
])
  test(`a range ${name} on the first row of an F103`, () => {
    const [row] = layout(sectorsOf([128, KIB]));
    assert.deepEqual(spanIn(row, start, length), want);
  });

test('no sectors, no map', () => {
  assert.deepEqual(layout([]), []);
});

test('states are counted', () => {
  assert.deepEqual(
    tally({ 0: { state: 'erased' }, 7: { state: 'erased' }, 9: { state: 'failed' } }),
    {
      erased: 2,
      failed: 1,
    },
  );
});
