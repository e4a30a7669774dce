// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConsoleLog } from '../src/console-log.js';

const bytes = (text) => new TextEncoder().encode(text);
const words = (pieces) =>
  pieces.map((piece) => {
    if (piece.kind === 'bytes') return new TextDecoder().decode(piece.bytes);
    return piece.kind === 'gap' ? `<${piece.lost} lost>` : `<${piece.mark}>`;
  });

const cases = [
  ['the first bytes, wherever they stand', [[500, 'abc']], ['abc']],
  [
    'what follows',
    [
      [0, 'abc'],
      [3, 'def'],
    ],
    ['abc', 'def'],
  ],
  [
    'the same twice',
    [
      [0, 'abc'],
      [0, 'abc'],
    ],
    ['abc'],
  ],
  [
    'an overlap',
    [
      [0, 'abcd'],
      [2, 'cdef'],
    ],
    ['abcd', 'ef'],
  ],
  [
    'an older piece inside',
    [
      [0, 'abcdef'],
      [2, 'cd'],
    ],
    ['abcdef'],
  ],
  [
    'a hole',
    [
      [0, 'abc'],
      [10, 'xyz'],
    ],
    ['abc', '<7 lost>', 'xyz'],
  ],
];
for (const [name, feeds, want] of cases)
  test(name, () => {
    const log = new ConsoleLog();
    assert.deepEqual(
      feeds.flatMap(([at, text]) => words(log.feed(at, bytes(text)))),
      want,
    );
  });

test('a gap is told once, by the server or by the offsets', () => {
  const log = new ConsoleLog();
  log.feed(0, bytes('abc'));
  assert.deepEqual(words(log.gap(10, 7)), ['<7 lost>']);
  assert.deepEqual(words(log.gap(10, 7)), []);
  assert.deepEqual(words(log.feed(10, bytes('xyz'))), ['xyz']);
});

test('a mark shows at its place, once', () => {
  const log = new ConsoleLog();
  const mark = { offset: 3, mark: 'reset' };
  assert.deepEqual(words(log.mark(mark)), []);
  assert.deepEqual(words(log.feed(0, bytes('abcdef'))), ['abc', '<reset>', 'def']);
  assert.deepEqual(words(log.mark(mark)), []);
  assert.deepEqual(words(log.mark({ offset: 6, mark: 'flash' })), ['<flash>']);
});

test('after a restart offsets begin again', () => {
  const log = new ConsoleLog();
  log.feed(1000, bytes('abc'));
  log.restart();
  assert.deepEqual(words(log.feed(0, bytes('new'))), ['new']);
});

test('the file holds what is kept, the oldest goes first', async () => {
  const log = new ConsoleLog(4);
  for (const [at, text] of [
    [0, 'ab'],
    [2, 'cd'],
    [4, 'ef'],
  ])
    log.feed(at, bytes(text));
  assert.equal(await log.file().text(), 'cdef');
});
