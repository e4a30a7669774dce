// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byState, expectedWords } from '../src/expected.js';

const seconds = 1.234;
const rows = [
  ['a match', { expect: { outcome: 'passed', seconds } }, 'It said what was expected after 1.2 s.'],
  [
    'a failure that was said',
    { expect: { outcome: 'failed', seconds, text: 'bad' } },
    'It said what must not be after 1.2 s.',
  ],
  [
    'tests that passed',
    { expect: { outcome: 'passed', seconds }, tests: { passed: 3, failed: 0, skipped: 1 } },
    'The tests passed after 1.2 s: 3 passed, 1 ignored.',
  ],
  [
    'a test that failed',
    { expect: { outcome: 'failed', seconds }, tests: { passed: 0, failed: 1, skipped: 0 } },
    'The tests failed after 1.2 s: 1 test failed.',
  ],
  [
    'a hang',
    { expect: { outcome: 'timed_out', seconds }, tests: { passed: 2, failed: 0, skipped: 0 } },
    'Nothing decided it after 1.2 s: 2 passed.',
  ],
  ['cut short', { expect: { outcome: null, seconds } }, 'It was not waited for to the end.'],
];
for (const [name, result, words] of rows)
  test(`expected: ${name}`, () => assert.equal(expectedWords(/** @type {any} */ (result)), words));

test('failed tests stand first, else in their order', () => {
  const cases = ['passed', 'failed', 'skipped', 'passed', 'failed'].map((state, i) => ({
    state,
    i,
  }));
  assert.deepEqual(
    byState(/** @type {any} */ (cases)).map((one) => /** @type {any} */ (one).i),
    [1, 4, 2, 0, 3],
  );
});
