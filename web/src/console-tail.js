// SPDX-License-Identifier: MIT
// The last lines that a board has printed, as plain text. Pure.

/** CSI, OSC and the other strings, two-letter escapes: what a terminal would obey. */
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: likewise
const CONTROLS = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]/g;

/** What stands in a line that was written over from its start. @param {string} line */
const lastWritten = (line) => line.split('\r').filter(Boolean).pop() ?? '';

/** Without what a terminal would obey. @param {string} text */
export const plain = (text) => text.replace(ESCAPES, '').replace(/\t/g, '  ').replace(CONTROLS, '');

/** The last lines with something in them. @param {string} text @param {number} count */
export function tailLines(text, count) {
  return plain(text)
    .split('\n')
    .map((line) => lastWritten(line).trimEnd())
    .filter(Boolean)
    .slice(-count);
}
