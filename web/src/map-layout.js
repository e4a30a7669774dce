// SPDX-License-Identifier: MIT
// Where each sector of a part stands on the map, drawn to scale in rows of equal length. Pure.

const FEW_ROWS = 8;
const MANY_ROWS = 16;
const CROWDED = 256;

/** @typedef {{number: number, address: number, length: number, x: number, width: number,
 *   from: number, to: number}} Cell x and width in percent of the row; from and to: the part of
 *   the sector that this cell is, 0 to 1 */
/** @typedef {{address: number, length: number, cells: Cell[]}} Row */

/** @param {number} value */
function powerOfTwoFrom(value) {
  let power = 1;
  while (power < value) power *= 2;
  return power;
}

/** @param {{number: number, address: string | number, length: number}[]} sectors @returns {Row[]} */
export function layout(sectors) {
  if (sectors.length === 0) return [];
  const base = Number(sectors[0].address);
  const last = sectors[sectors.length - 1];
  const total = Number(last.address) + last.length - base;
  const largest = Math.max(...sectors.map((sector) => sector.length));
  const rows = sectors.length > CROWDED ? MANY_ROWS : FEW_ROWS;
  const rowBytes = Math.max(largest, powerOfTwoFrom(Math.ceil(total / rows)));
  /** @type {Row[]} */
  const out = [];
  for (let at = base; at < base + total; at += rowBytes)
    out.push({ address: at, length: rowBytes, cells: cellsOf(sectors, at, rowBytes) });
  return out;
}

/**
 * @param {{number: number, address: string | number, length: number}[]} sectors
 * @param {number} at @param {number} rowBytes @returns {Cell[]}
 */
function cellsOf(sectors, at, rowBytes) {
  /** @type {Cell[]} */
  const cells = [];
  for (const { number, address, length } of sectors) {
    const start = Math.max(at, Number(address));
    const end = Math.min(at + rowBytes, Number(address) + length);
    if (start >= end) continue;
    cells.push({
      number,
      address: Number(address),
      length,
      x: ((start - at) / rowBytes) * 100,
      width: ((end - start) / rowBytes) * 100,
      from: (start - Number(address)) / length,
      to: (end - Number(address)) / length,
    });
  }
  return cells;
}

/** How much of a cell is filled when `done` of its sector is. @param {Cell} cell @param {number} done */
export const filled = (cell, done) =>
  Math.min(1, Math.max(0, (done - cell.from) / (cell.to - cell.from)));

/**
 * The part of [start, start + length) that lies in a row, in percent of it; null: none.
 * @param {Row} row @param {number} start @param {number} length
 */
export function spanIn(row, start, length) {
  const from = Math.max(row.address, start);
  const to = Math.min(row.address + row.length, start + length);
  if (!(from < to)) return null;
  return { x: ((from - row.address) / row.length) * 100, width: ((to - from) / row.length) * 100 };
}

/** @param {Record<number, {state: string}>} marks @returns {Record<string, number>} */
export function tally(marks) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { state } of Object.values(marks)) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** @typedef {{state: string, x: number, width: number}} Run x and width in percent of the part */

/**
 * Neighbours in one state as one run: what a strip of the whole part shows.
 * @param {{number: number, address: string | number, length: number}[]} sectors
 * @param {Record<number, {state: string}>} marks @returns {Run[]}
 */
export function runsOf(sectors, marks) {
  if (sectors.length === 0) return [];
  const base = Number(sectors[0].address);
  const last = sectors[sectors.length - 1];
  const total = Number(last.address) + last.length - base;
  /** @type {Run[]} */
  const runs = [];
  for (const { number, address, length } of sectors) {
    const state = marks[number]?.state ?? 'unknown';
    const width = (length / total) * 100;
    const before = runs[runs.length - 1];
    if (before?.state === state) before.width += width;
    else runs.push({ state, x: ((Number(address) - base) / total) * 100, width });
  }
  return runs;
}
