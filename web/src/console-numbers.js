// SPDX-License-Identifier: MIT
// The numbers in a line that a board printed, read as the server reads them for CSV. Pure.

const NUMBERS_MAX = 32;
/** Bytes of a name, with the server's closing NUL. */
const NAME_BYTES = 32;

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/;
const NAME = /^[A-Za-z_\u0080-\u{10ffff}][A-Za-z0-9_\u0080-\u{10ffff}.\-/[\]]*/u;
/** What may follow a number: its unit. */
const UNIT = /^(?:$|[A-Za-z_%\u0080-\u{10ffff}])/u;
const GAPS = /[ \t,;\r]+/;

const encoder = new TextEncoder();

/** @typedef {{name: string | null, text: string}} Numeral as it was printed, without its unit */

/** @param {string} text */
const numberAt = (text) => NUMBER.exec(text)?.[0] ?? '';

/** "name:1.5V", or "name:" with the number as the next word. @param {string[]} words @param {number} at */
function pairAt(words, at) {
  const name = NAME.exec(words[at])?.[0] ?? '';
  const sign = words[at][name.length];
  if (!name || (sign !== ':' && sign !== '=') || encoder.encode(name).length >= NAME_BYTES)
    return null;
  const own = words[at].slice(name.length + 1);
  const value = own || (words[at + 1] ?? '');
  const text = numberAt(value);
  if (!text || !UNIT.test(value.slice(text.length))) return null;
  return { name, text, taken: own ? 1 : 2 };
}

/** Empty: this is no line of numbers. @param {string} line without its end @returns {Numeral[]} */
export function numbersOf(line) {
  const words = line.split(GAPS).filter(Boolean);
  /** @type {Numeral[]} */
  const pairs = [];
  let isBare = true;
  for (let at = 0; at < words.length && pairs.length < NUMBERS_MAX; ) {
    const pair = pairAt(words, at);
    if (pair) pairs.push({ name: pair.name, text: pair.text });
    else isBare &&= numberAt(words[at]).length === words[at].length;
    at += pair?.taken ?? 1;
  }
  if (pairs.length || !isBare) return pairs;
  return words.slice(0, NUMBERS_MAX).map((text) => ({ name: null, text }));
}

/** The column of a number; of a bare one by its place. @param {Numeral} numeral @param {number} at */
export const columnOf = (numeral, at) => numeral.name ?? `c${at + 1}`;
