// SPDX-License-Identifier: MIT
// Lines that were sent to a board, and going back through them. Pure.

const LINES = 100;

/** @typedef {{lines: string[], back: number, draft: string}} History back 0: at a new line */

/** @param {string[]} [lines] @returns {History} */
export const historyFrom = (lines = []) => ({ lines: lines.slice(-LINES), back: 0, draft: '' });

/** @param {History} history @param {string} line @returns {History} */
export function remembered(history, line) {
  const { lines } = history;
  const isNew = line !== '' && line !== lines[lines.length - 1];
  return historyFrom(isNew ? [...lines, line] : lines);
}

/**
 * step 1: further back, -1: towards the new line, which comes back as it was. null: no further.
 * @param {History} history @param {number} step @param {string} shown what stands in the field
 * @returns {{history: History, line: string} | null}
 */
export function recalled(history, step, shown) {
  const back = history.back + step;
  if (back < 0 || back > history.lines.length) return null;
  const draft = history.back === 0 ? shown : history.draft;
  const line = back ? history.lines[history.lines.length - back] : draft;
  return { history: { ...history, back, draft }, line };
}
