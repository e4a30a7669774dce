// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choiceOf, isGrave, OPTIONS, optionWords, unusual } from '../src/options.js';

test('every option has a name of its own, and every choice says what it does', () => {
  assert.equal(new Set(OPTIONS.map(({ key }) => key)).size, OPTIONS.length);
  for (const { key, choices } of OPTIONS) {
    assert.equal(new Set(choices.map(({ value }) => value)).size, choices.length, key);
    const [usual, ...others] = choices;
    assert.equal(usual.summary, undefined, `${key}: the usual is not worth a word`);
    assert.ok(
      choices.every(({ help }) => help.endsWith('.')),
      key,
    );
    assert.ok(
      others.every(({ summary }) => summary),
      key,
    );
  }
});

const rows = [
  ['nothing was kept', null, {}, ''],
  ['the usual is not kept', { erase: 'needed', run: 'true', baud: '' }, {}, ''],
  [
    'what is not usual is kept, in words',
    { erase: 'mass', baud: 921600 },
    { erase: 'mass', baud: '921600' },
    'erases the whole flash, 921600 baud',
  ],
  ['a boolean is as good as its name', { run: false }, { run: 'false' }, 'stays in the bootloader'],
  ['what is unknown does not reach the server', { erase: 'some', color: 'red', baud: 7 }, {}, ''],
  [
    'what is waited for is kept, where something runs',
    { expect: ' ^OK$ ', fail: 'bad', timeout: '5' },
    { expect: '^OK$', fail: 'bad', timeout: '5' },
    'waits for  ^OK$ ',
  ],
  [
    'nothing is waited for that does not run',
    { run: 'false', results: 'auto', expect: 'a' },
    { run: 'false' },
    null,
  ],
  [
    'tests decide, or a pattern',
    { results: 'auto', expect: 'a', fail: 'b' },
    { results: 'auto', fail: 'b' },
    null,
  ],
  ['a failure alone is nothing to wait for', { fail: 'b', timeout: '5' }, {}, ''],
  ['what belongs to one image is not kept', { address: '0x08004000', force: true }, {}, ''],
];
for (const [name, options, kept, words] of rows)
  test(`options: ${name}`, () => {
    assert.deepEqual(unusual(options), kept);
    if (words !== null) assert.equal(optionWords(options ?? {}), words);
  });

test('what can lose content is told apart', () => {
  assert.equal(isGrave({ erase: 'mass' }), true);
  assert.equal(isGrave({ verify: 'none' }), true);
  assert.equal(isGrave({ verify: 'read', run: 'false' }), false);
});

test('without a choice the first one stands', () => {
  for (const option of OPTIONS) assert.equal(choiceOf(option, {}), option.choices[0]);
});
