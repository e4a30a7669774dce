// SPDX-License-Identifier: MIT
// Protection and option bytes in words, and what a change of them needs to say. Pure.
import { plural } from './words.js';

/** @typedef {import('./types.js').OptionField} OptionField */
/** @typedef {{name: string, from: number, to: number, risk: string}} Change */

/** "0-3, 7". @param {number[]} sectors in order */
export function sectorRanges(sectors) {
  /** @type {[number, number][]} */
  const runs = [];
  for (const number of sectors) {
    const last = runs[runs.length - 1];
    if (last && last[1] + 1 === number) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

/** What the closed panel says. @param {import('./types.js').OptionBytes | null | undefined} options
 * @param {import('./types.js').Device | null} device */
export function protectionWords(options, device) {
  const isRead = options?.readout_protected ?? device?.readout_protected;
  const locked = options?.write_protected_sectors?.length ?? 0;
  const parts = [];
  if (isRead) parts.push('readout protected');
  if (!isRead && locked) parts.push(`${plural(locked, 'sector')} write-protected`);
  if (parts.length) return parts.join(', ');
  if (!options) return device ? 'not read yet' : '';
  return options.write_protected_sectors ? 'nothing is protected' : 'readout open';
}

/** Write protection and readout are changed by their own buttons, a lock by none. @param {OptionField} field */
export const isEditable = ({ name, risk }) =>
  risk !== 'readout' && risk !== 'lock' && !/^n?WRP/.test(name);

/** "0x1F" for what is wider than a few bits. @param {number} value @param {number} bits */
export const valueWords = (value, bits) =>
  bits > 4
    ? `0x${value
        .toString(16)
        .toUpperCase()
        .padStart(Math.ceil(bits / 4), '0')}`
    : `${value}`;

/** A number as a person writes it; null: none, or too large. @param {string} text @param {number} bits */
export function parsedValue(text, bits) {
  const trimmed = text.trim();
  if (!/^(0[xX][0-9a-fA-F]{1,8}|[0-9]{1,10})$/.test(trimmed)) return null;
  const value = Number(trimmed);
  return value < 2 ** bits ? value : null;
}

/** @param {OptionField[]} fields @param {Record<string, number>} edits @returns {Change[]} */
export const changesOf = (fields, edits) =>
  fields
    .filter(({ name, value }) => name in edits && edits[name] !== value)
    .map(({ name, value, risk }) => ({ name, from: value, to: edits[name], risk }));

/** What a person has to agree to before these are written; '': nothing. @param {Change[]} changes */
export function priceOf(changes) {
  const boot = changes.filter(({ risk }) => risk === 'boot').map(({ name }) => name);
  if (boot.length)
    return `${boot.join(', ')} ${boot.length > 1 ? 'decide' : 'decides'} what the part starts. With the wrong value its bootloader is out of reach, and only a debugger brings it back.`;
  if (changes.some(({ risk }) => risk === 'geometry'))
    return 'The banks of the flash change: what it holds may be found elsewhere, or not at all.';
  return '';
}

/** The request's body. @param {Change[]} changes */
export const bodyOf = (changes) => ({
  fields: Object.fromEntries(changes.map(({ name, to }) => [name, to])),
  ...(changes.some(({ risk }) => risk === 'boot') && { lose_bootloader: true }),
});

/** "A5 5A FF", sixteen a line. @param {string} bytes */
export const hexLines = (bytes) =>
  (bytes.toUpperCase().match(/.{1,32}/g) ?? []).map((line) => (line.match(/../g) ?? []).join(' '));
