// SPDX-License-Identifier: MIT
// What a board says when its simulator is told to `say LINES`: every byte is known.

export const LINE_BYTES = 64;

/** Lines first to end - 1. */
export function chatter(end, first = 0) {
  const lines = [];
  for (let n = first; n < end; n++)
    lines.push(`${String(n).padStart(8, '0')} ${'0'.repeat(LINE_BYTES - 11)}\r\n`);
  return lines.join('');
}
