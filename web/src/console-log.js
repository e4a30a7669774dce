// SPDX-License-Identifier: MIT
// What a board has printed, as far as this page has it: bytes by offset, none doubled, losses known. Pure.

const KEEP_BYTES = 8 * 1024 * 1024;

/** @typedef {{kind: 'bytes', bytes: Uint8Array} | {kind: 'gap', lost: number}
 *   | {kind: 'mark', mark: string, time?: string}} Piece */

export class ConsoleLog {
  constructor(keep = KEEP_BYTES) {
    this.keep = keep;
    /** The offset of the byte that comes next; null before the first. @type {number | null} */
    this.next = null;
    /** @type {Uint8Array[]} */
    this.chunks = [];
    this.held = 0;
    /** @type {{offset: number, mark: string, time?: string}[]} */
    this.marks = [];
    /** Marks that are known: a snapshot tells them again. @type {Set<string>} */
    this.told = new Set();
  }

  /**
   * Takes bytes that stand at offset; gives what is new of them to show, in order.
   * @param {number} offset @param {Uint8Array} bytes @returns {Piece[]}
   */
  feed(offset, bytes) {
    /** @type {Piece[]} */
    const out = [];
    if (this.next !== null && offset > this.next)
      out.push({ kind: 'gap', lost: offset - this.next });
    const known = this.next === null ? 0 : Math.max(0, this.next - offset);
    if (known >= bytes.length) return out;
    const fresh = bytes.subarray(known);
    this.next = offset + bytes.length;
    this.#store(fresh);
    return [...out, ...this.#split(offset + known, fresh)];
  }

  /**
   * The server says that bytes up to offset `to` are lost.
   * @param {number} to @param {number} lost @returns {Piece[]}
   */
  gap(to, lost) {
    if (this.next !== null && to <= this.next) return [];
    this.next = to;
    return lost > 0 ? [{ kind: 'gap', lost }] : [];
  }

  /**
   * The board was reset or flashed at an offset: shown when that place is reached.
   * @param {{offset: number, mark: string, time?: string}} mark @returns {Piece[]}
   */
  mark(mark) {
    const name = `${mark.mark} ${mark.offset}`;
    if (this.told.has(name)) return [];
    this.told.add(name);
    if (this.next === null || mark.offset > this.next) {
      this.marks.push(mark);
      return [];
    }
    return mark.offset === this.next ? [{ kind: 'mark', mark: mark.mark, time: mark.time }] : [];
  }

  /** Forgets everything: offsets have restarted. */
  restart() {
    this.next = null;
    this.marks = [];
    this.told.clear();
  }

  /** Everything held, as one file. */
  file() {
    return new Blob(/** @type {BlobPart[]} */ (this.chunks), { type: 'text/plain' });
  }

  /** @param {Uint8Array} bytes */
  #store(bytes) {
    this.chunks.push(bytes.slice());
    this.held += bytes.length;
    while (this.held > this.keep && this.chunks.length > 1)
      this.held -= /** @type {Uint8Array} */ (this.chunks.shift()).length;
  }

  /** @param {number} offset @param {Uint8Array} bytes @returns {Piece[]} */
  #split(offset, bytes) {
    const end = offset + bytes.length;
    const due = this.marks.filter((mark) => mark.offset >= offset && mark.offset <= end);
    this.marks = this.marks.filter((mark) => mark.offset > end);
    /** @type {Piece[]} */
    const out = [];
    let at = offset;
    for (const mark of due.sort((a, b) => a.offset - b.offset)) {
      if (mark.offset > at)
        out.push({ kind: 'bytes', bytes: bytes.subarray(at - offset, mark.offset - offset) });
      out.push({ kind: 'mark', mark: mark.mark, time: mark.time });
      at = mark.offset;
    }
    if (at < end) out.push({ kind: 'bytes', bytes: bytes.subarray(at - offset) });
    return out;
  }
}
