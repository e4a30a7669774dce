// SPDX-License-Identifier: MIT
// A part of a console's past, as the server's NDJSON gives it, in lines with their times or as a
// hex dump. Pure.
import { plain } from './console-tail.js';

const ROW = 16;

/** @typedef {{offset: number, time: string, bytes: Uint8Array} | {offset: number, time: string, lost: number}} Chunk */
/** @typedef {{offset: number, time: string, text: string}} Line */

/** @param {string} text NDJSON @returns {Chunk[]} */
export function chunksOf(text) {
  const encoder = new TextEncoder();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { offset, time, text: said, base64, lost } = JSON.parse(line);
      if (lost !== undefined) return { offset, time, lost };
      const bytes =
        base64 === undefined
          ? encoder.encode(said)
          : Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      return { offset, time, bytes };
    });
}

/** Each line with the time of its first byte. @param {Chunk[]} chunks @returns {Line[]} */
export function linesOf(chunks) {
  /** @type {Line[]} */
  const lines = [];
  const decoder = new TextDecoder();
  /** @type {Line | null} */
  let open = null;
  for (const chunk of chunks) {
    if ('lost' in chunk) {
      lines.push({
        offset: chunk.offset,
        time: chunk.time,
        text: `── ${chunk.lost} bytes lost ──`,
      });
      open = null;
      continue;
    }
    for (let at = 0; at < chunk.bytes.length; ) {
      const end = chunk.bytes.indexOf(10, at);
      const stop = end < 0 ? chunk.bytes.length : end + 1;
      if (!open) {
        open = { offset: chunk.offset + at, time: chunk.time, text: '' };
        lines.push(open);
      }
      open.text += decoder.decode(chunk.bytes.subarray(at, stop), { stream: true });
      if (end >= 0) open = null;
      at = stop;
    }
  }
  return lines.map((line) => ({ ...line, text: plain(line.text.replace(/[\r\n]+$/, '')) }));
}

/** @param {number} value @param {number} digits */
const hex = (value, digits) => value.toString(16).padStart(digits, '0');

/** As hexdump prints it. @param {Chunk[]} chunks @returns {Line[]} */
export function hexOf(chunks) {
  /** @type {Line[]} */
  const rows = [];
  /** @type {number[]} */
  let row = [];
  let start = 0;
  let time = '';
  const end = () => {
    if (!row.length) return;
    const cells = row.map((byte) => hex(byte, 2));
    const left = cells.slice(0, ROW / 2).join(' ');
    const right = cells.slice(ROW / 2).join(' ');
    const ascii = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.'));
    rows.push({
      offset: start,
      time,
      text: `${`${left}  ${right}`.padEnd(50)}|${ascii.join('')}|`,
    });
    row = [];
  };
  for (const chunk of chunks) {
    if ('lost' in chunk) {
      end();
      rows.push({ offset: chunk.offset, time: chunk.time, text: `── ${chunk.lost} bytes lost ──` });
      continue;
    }
    for (const [i, byte] of chunk.bytes.entries()) {
      if (!row.length) {
        start = chunk.offset + i;
        time = chunk.time;
      }
      row.push(byte);
      if (row.length === ROW) end();
    }
  }
  end();
  return rows;
}

/** Which line holds an offset; -1: none does. @param {Line[]} lines @param {number} offset */
export function lineAt(lines, offset) {
  let found = -1;
  for (const [i, line] of lines.entries()) if (line.offset <= offset) found = i;
  return found;
}
