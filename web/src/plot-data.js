// SPDX-License-Identifier: MIT
// What the plotter draws: the numbers of lines, in columns over time. Bounded, pure.
import { columnOf, numbersOf } from './console-numbers.js';
import { plain } from './console-tail.js';

const KEEP_ROWS = 20000;
const COLUMNS = 12;
/** The rest of a longer line is not looked at, as in the server's CSV. */
const LINE = 4096;

export class PlotData {
  constructor(keep = KEEP_ROWS) {
    this.keep = keep;
    /** Seconds since 1970. @type {number[]} */
    this.times = [];
    /** @type {Map<string, (number | null)[]>} */
    this.columns = new Map();
    this.decoder = new TextDecoder();
    this.rest = '';
    this.restTime = 0;
  }

  /** Bytes that came at a time, in seconds. @param {Uint8Array} bytes @param {number} time */
  feed(bytes, time) {
    const lines = this.decoder.decode(bytes, { stream: true }).split('\n');
    for (const [i, text] of lines.entries()) {
      if (!this.rest) this.restTime = time;
      this.rest = (this.rest + text).slice(0, LINE);
      if (i === lines.length - 1) break;
      this.#line(plain(this.rest), this.restTime);
      this.rest = '';
    }
  }

  /** Half a line is no number to believe. */
  gap() {
    this.rest = '';
  }

  clear() {
    this.times = [];
    this.columns.clear();
    this.rest = '';
  }

  /** @param {string} text @param {number} time */
  #line(text, time) {
    const numbers = numbersOf(text);
    if (!numbers.length) return;
    const row = this.times.length;
    this.times.push(Math.max(time, this.times[row - 1] ?? 0));
    for (const [at, numeral] of numbers.entries()) {
      const name = columnOf(numeral, at);
      if (!this.columns.has(name) && this.columns.size < COLUMNS) this.columns.set(name, []);
      const column = this.columns.get(name);
      if (!column) continue;
      while (column.length < row) column.push(null);
      column[row] = Number(numeral.text);
    }
    for (const column of this.columns.values()) if (column.length === row) column.push(null);
    if (this.times.length > this.keep + this.keep / 4) this.#drop(this.times.length - this.keep);
  }

  /** @param {number} count */
  #drop(count) {
    this.times.splice(0, count);
    for (const column of this.columns.values()) column.splice(0, count);
  }

  get names() {
    return [...this.columns.keys()];
  }

  /** The rows of the last seconds (0: all), as uPlot takes them. @param {number} seconds */
  window(seconds) {
    const last = this.times[this.times.length - 1] ?? 0;
    let first = 0;
    if (seconds) first = this.times.findIndex((time) => time >= last - seconds);
    return [this.times.slice(first), ...[...this.columns.values()].map((one) => one.slice(first))];
  }

  /** @param {number} seconds */
  csv(seconds) {
    const [times, ...columns] = this.window(seconds);
    const rows = times.map((time, i) =>
      [
        new Date(/** @type {number} */ (time) * 1000).toISOString(),
        ...columns.map((one) => one[i] ?? ''),
      ].join(','),
    );
    return `${['time', ...this.names].join(',')}\n${rows.map((row) => `${row}\n`).join('')}`;
  }
}
