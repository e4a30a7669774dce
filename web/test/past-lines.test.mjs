// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunksOf, hexOf, lineAt, linesOf } from '../src/past-lines.js';
import { placeHash, placeOf } from '../src/places.js';
import { historyFrom, recalled, remembered } from '../src/send-history.js';

const ndjson = [
  { offset: 5, time: 'T1', text: 'on' },
  { offset: 7, time: 'T2', text: 'e\r\ntwo' },
  { offset: 13, time: 'T3', base64: btoa('\x00\xff\n') },
  { offset: 16, time: 'T4', lost: 4 },
  { offset: 20, time: 'T5', text: '\x1b[31mred\x1b[0m\x07\n' },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

test('lines have the time and the offset of their first byte, and do no harm', () => {
  const lines = linesOf(chunksOf(ndjson));
  assert.deepEqual(lines, [
    { offset: 5, time: 'T1', text: 'one' },
    { offset: 10, time: 'T2', text: 'two\ufffd' },
    { offset: 16, time: 'T4', text: '── 4 bytes lost ──' },
    { offset: 20, time: 'T5', text: 'red' },
  ]);
  assert.equal(lineAt(lines, 12), 1);
  assert.equal(lineAt(lines, 4), -1);
  assert.equal(lineAt(lines, 99), 3);
});

test('a hex dump stops where bytes are missing', () => {
  const rows = hexOf(chunksOf(ndjson));
  assert.deepEqual(
    rows.map(({ offset, text }) => [offset, text]),
    [
      [5, `${`6f 6e 65 0d 0a 74 77 6f  00 ff 0a`.padEnd(50)}|one..two...|`],
      [16, '── 4 bytes lost ──'],
      [20, `${`1b 5b 33 31 6d 72 65 64  1b 5b 30 6d 07 0a`.padEnd(50)}|.[31mred.[0m..|`],
    ],
  );
});

test('the arrows go through what was sent, and back to what was being written', () => {
  let history = historyFrom(['a']);
  for (const line of ['b', 'b', '']) history = remembered(history, line);
  assert.deepEqual(history.lines, ['a', 'b']);
  const shown = ['dra'];
  for (const [step, want] of [
    [1, 'b'],
    [1, 'a'],
    [-1, 'b'],
    [-1, 'dra'],
  ]) {
    const next = recalled(history, step, shown.at(-1));
    assert.equal(next.line, want);
    history = next.history;
    shown.push(next.line);
  }
  assert.equal(recalled(history, -1, 'dra'), null);
});

test('a link to a place in a console leads there and back', () => {
  const place = { board: 'mouse', offset: 123, stream: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
  assert.deepEqual(placeOf(placeHash(place)), place);
  assert.deepEqual(placeOf('#board/mouse'), { board: 'mouse', offset: null, stream: '' });
  assert.deepEqual(placeOf('#board/mouse&offset=7'), { board: 'mouse', offset: 7, stream: '' });
  for (const hash of ['', '#', '#board/Mouse', '#board/a&offset=x'])
    assert.equal(placeOf(hash).board, '');
});
