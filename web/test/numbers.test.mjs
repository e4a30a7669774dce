// SPDX-License-Identifier: MIT
// The same lines that tests/server/test_console_view.c reads.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { columnOf, numbersOf } from '../src/console-numbers.js';
import { PlotData } from '../src/plot-data.js';

const vectors = JSON.parse(
  readFileSync(new URL('../../tests/numbers.json', import.meta.url), 'utf8'),
);

for (const { line, numbers } of vectors)
  test(`the numbers in ${JSON.stringify(line)}`, () => {
    assert.deepEqual(
      numbersOf(line).map(({ name, text }) => [name, text]),
      numbers,
    );
  });

test('bare numbers are named by their place', () => {
  assert.deepEqual(numbersOf('1,2').map(columnOf), ['c1', 'c2']);
});

const bytes = (text) => new TextEncoder().encode(text);

test('rows are lines, wherever they are cut; a column that comes later is empty before', () => {
  for (let cut = 0; cut < 24; cut++) {
    const data = new PlotData();
    const text = bytes('a:1\nhello\n\x1b[32ma:2 b=3\x1b[0m\r\n');
    data.feed(text.subarray(0, cut), 10);
    data.feed(text.subarray(cut), 20);
    assert.deepEqual(data.names, ['a', 'b']);
    assert.deepEqual(data.window(0).slice(1), [
      [1, 2],
      [null, 3],
    ]);
  }
});

test('a window, its CSV, and the bound', () => {
  const data = new PlotData(8);
  for (let i = 0; i < 20; i++) data.feed(bytes(`${i},${i * i}\n`), i);
  assert.ok(data.times.length <= 10);
  assert.deepEqual(data.window(2)[1], [17, 18, 19]);
  assert.equal(
    data.csv(1),
    'time,c1,c2\n1970-01-01T00:00:18.000Z,18,324\n1970-01-01T00:00:19.000Z,19,361\n',
  );
  data.feed(bytes('20,4'), 20);
  data.gap();
  data.feed(bytes('00\n'), 20);
  assert.equal(data.window(0)[2].at(-1), null);
  data.clear();
  assert.deepEqual(data.window(0), [[]]);
});
