// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tailLines } from '../src/console-tail.js';
import { runsOf } from '../src/map-layout.js';
import { limitWords, mayOf } from '../src/roles.js';
import { imageName, sentence } from '../src/words.js';

const printed = [
  ['nothing', '', []],
  ['the last two', 'one\r\ntwo\r\nthree\r\n', ['two', 'three']],
  ['a line without an end', 'one\ntwo', ['one', 'two']],
  ['no empty lines', 'one\n\n\r\n  \ntwo\n\n', ['one', 'two']],
  ['colours are not text', '\x1b[1;32mgreen\x1b[0m plain\n', ['green plain']],
  ['a title is not text', '\x1b]0;a title\x07prompt>\n\x1bPq#1\x1b\\after', ['prompt>', 'after']],
  ['a line that was written over', 'at 1 %\rat 2 %\rat 3 %', ['at 3 %']],
  ['controls and tabs', 'a\x00\x07\tb\n', ['a  b']],
  ['an escape that is cut short', 'text\x1b', ['text']],
];
for (const [name, text, lines] of printed)
  test(`tail: ${name}`, () => assert.deepEqual(tailLines(text, 2), lines));

test('a strip has one run a state, to scale', () => {
  const sectors = [0, 1, 2, 3].map((number) => ({
    number,
    address: 0x08000000 + number * 1024,
    length: 1024,
  }));
  const marks = { 0: { state: 'verified' }, 1: { state: 'verified' }, 3: { state: 'failed' } };
  assert.deepEqual(runsOf(sectors, marks), [
    { state: 'verified', x: 0, width: 50 },
    { state: 'unknown', x: 50, width: 25 },
    { state: 'failed', x: 75, width: 25 },
  ]);
  assert.deepEqual(runsOf([], marks), []);
});

for (const [role, talk, flash, admin] of [
  ['view', false, false, false],
  ['console', true, false, false],
  ['flash', true, true, false],
  ['admin', true, true, true],
  [null, false, false, false],
]) {
  test(`a token with the role ${role}`, () => {
    const session = { required: true, name: 'ci', role };
    assert.deepEqual(mayOf(session), { console: talk, flash, admin });
    assert.equal(limitWords(session) === '', flash);
  });
}

test('without tokens, and before it is known, everything is offered', () => {
  for (const session of [null, { required: false, name: null, role: null }])
    assert.deepEqual(mayOf(session), { console: true, flash: true, admin: true });
});

test('firmware is called by its name, the name on the shelf, its hash', () => {
  const sha256 = 'ab12'.repeat(16);
  const shelf = [{ sha256, name: 'shelf.hex', bytes: 1 }];
  assert.equal(imageName({ sha256, name: 'own.hex' }, shelf), 'own.hex');
  assert.equal(imageName({ sha256, name: null }, shelf), 'shelf.hex');
  assert.equal(imageName({ sha256 }, []), 'ab12ab12ab12');
});

test("a server's remark becomes a sentence", () => {
  assert.equal(sentence('there is no such port'), 'There is no such port.');
  assert.equal(sentence('Whole already.'), 'Whole already.');
  assert.equal(sentence(''), '');
});
