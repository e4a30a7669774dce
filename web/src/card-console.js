// SPDX-License-Identifier: MIT
import { html } from 'lit';
import { tailLines } from './console-tail.js';
import { Element } from './element.js';
import { watchBoard } from './stream.js';

const KEPT = 4096;
/** However fast a board talks, a card is drawn that often at most. */
const DRAW_MS = 200;

/** The last lines of a board's console, live. */
class CardConsole extends Element {
  static properties = { board: {}, height: {}, lines: { state: true } };

  constructor() {
    super();
    /** @type {import('./types.js').Board | null} */
    this.board = null;
    /** @type {string[]} */
    this.lines = [];
    /** How many lines there is room for: 4, 7 or 11. */
    this.height = 4;
    this.text = '';
    /** @type {number | null} */
    this.next = null;
    this.streamName = '';
    this.decoder = new TextDecoder();
    /** @type {import('./stream.js').Stream | null} */
    this.stream = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  firstUpdated() {
    const board = /** @type {import('./types.js').Board} */ (this.board);
    this.next = Math.max(0, board.console.offset - KEPT);
    this.streamName = board.console.stream;
    this.stream = watchBoard(board.id, {
      onLink: () => {},
      onEvent: (event) => this.heard(event),
      onBytes: (offset, bytes) => this.feed(offset, bytes),
      place: () => ({ from: this.next ?? 0, stream: this.streamName }),
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.stream?.close();
  }

  /** @param {any} event */
  heard(event) {
    if (event.type === 'gap') this.next = event.to;
    if (event.type === 'snapshot') this.streamName = event.state.console.stream;
  }

  /** @param {number} offset @param {Uint8Array} bytes */
  feed(offset, bytes) {
    this.next = offset + bytes.length;
    this.text = (this.text + this.decoder.decode(bytes, { stream: true })).slice(-KEPT);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.lines = tailLines(this.text, this.height);
    }, DRAW_MS);
  }

  render() {
    const { lines } = this;
    return html`<div class="card-screen card-screen-${this.height}" role="img" aria-label=${lines.length ? `Printed last: ${lines[lines.length - 1]}` : 'Nothing printed yet'}>
      ${
        lines.length
          ? lines.map((line) => html`<p>${line}</p>`)
          : html`<p class="card-silent">Nothing printed yet</p>`
      }
    </div>`;
  }
}
customElements.define('card-console', CardConsole);
