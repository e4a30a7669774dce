// SPDX-License-Identifier: MIT
// What became of an expectation, in words. Pure.
import { plural } from './words.js';

/** @typedef {{suite: string | null, name: string, state: 'passed' | 'failed' | 'skipped',
 *   message: string | null, file: string | null, line: number | null, seconds: number | null,
 *   offset: number}} Case */

const ORDER = { failed: 0, skipped: 1, passed: 2 };

/** Failed ones first, else in the order that they ran. @param {Case[]} cases */
export const byState = (cases) => [...cases].sort((a, b) => ORDER[a.state] - ORDER[b.state]);

/** "3 passed, 1 failed, 0 ignored". @param {{passed: number, failed: number, skipped: number}} tests */
const counts = ({ passed, failed, skipped }) =>
  [
    failed ? `${plural(failed, 'test')} failed` : '',
    passed ? `${passed} passed` : '',
    skipped ? `${skipped} ignored` : '',
  ]
    .filter(Boolean)
    .join(', ') || 'no tests';

/** @param {any} result of a job */
export function expectedWords({ expect, tests }) {
  const after = `after ${expect.seconds.toFixed(1)} s`;
  const ran = tests ? `: ${counts(tests)}` : '';
  switch (expect.outcome) {
    case 'passed':
      return tests ? `The tests passed ${after}${ran}.` : `It said what was expected ${after}.`;
    case 'failed':
      return expect.text
        ? `It said what must not be ${after}.`
        : `The tests failed ${after}${ran}.`;
    case 'timed_out':
      return `Nothing decided it ${after}${ran}.`;
    default:
      return tests
        ? `It was not waited for to the end${ran}.`
        : 'It was not waited for to the end.';
  }
}
