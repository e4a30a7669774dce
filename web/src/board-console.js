// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { ConsoleLog } from './console-log.js';
import { Element } from './element.js';
import { lineEnd, setLineEnd } from './preferences.js';
import { openTerminal } from './terminal.js';
import { bytes as bytesWord, plural } from './words.js';

/** @type {Record<string, string>} */
const LINE_ENDS = { cr: '\r', lf: '\n', crlf: '\r\n' };
const CANNOT = {
  absent: 'The board is not connected.',
  busy: 'The board is being worked on.',
  bootloader: 'The board is in its bootloader; reset it to talk to the program.',
};
const NEWLINE = 10;
/** The server's bound on a message is 64 KiB. */
const MESSAGE_BYTES = 32 * 1024;
/** More than that is not held while paused. */
const HELD_BYTES = 4 * 1024 * 1024;

/** @param {import('./console-log.js').Piece} piece */
const lengthOf = (piece) => (piece.kind === 'bytes' ? piece.bytes.length : 0);

const PAST_LINES = 100;

/** @param {string[]} past @param {string} line */
const remember = (past, line) =>
  line && line !== past[past.length - 1] ? [...past, line].slice(-PAST_LINES) : past;

/** @param {import('./console-log.js').Piece} piece */
function annotation(piece) {
  if (piece.kind === 'gap') return `${plural(piece.lost, 'byte')} lost here`;
  if (piece.kind !== 'mark') return '';
  const time = piece.time ? ` ${new Date(piece.time).toLocaleTimeString()}` : '';
  return `${piece.mark}${time}`;
}

/** What the board prints, and what one says to it. Emits "input" with bytes. */
class BoardConsole extends Element {
  static properties = {
    board: {},
    refused: {},
    limit: {},
    isPaused: { state: true },
    waiting: { state: true },
    lineEnd: { state: true },
    isEmpty: { state: true },
  };

  constructor() {
    super();
    /** @type {import('./types.js').Board | null} */
    this.board = null;
    this.refused = '';
    this.limit = '';
    this.isPaused = false;
    this.waiting = 0;
    this.skipped = 0;
    this.isEmpty = true;
    this.lineEnd = lineEnd();
    /** Lines that were sent, the newest last. @type {string[]} */
    this.past = [];
    /** How far back in them one is; 0: at a new line. */
    this.back = 0;
    this.log = new ConsoleLog();
    /** @type {import('./console-log.js').Piece[]} */
    this.held = [];
    /** @type {ReturnType<typeof openTerminal> | null} */
    this.screen = null;
    this.isAtLineStart = true;
    this.stream = '';
  }

  firstUpdated() {
    const host = /** @type {HTMLElement} */ (this.querySelector('.screen'));
    this.screen = openTerminal(host, (text) => this.typed(text));
    this.catchUp();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.screen?.dispose();
    this.screen = null;
  }

  /** Where to go on after the connection was lost. */
  get place() {
    return this.log.next === null ? {} : { from: this.log.next, stream: this.stream };
  }

  /** Another stream than before: the offsets have restarted. @param {string} stream */
  follow(stream) {
    const isOther = this.stream !== '' && this.stream !== stream;
    this.stream = stream;
    if (!isOther) return;
    this.log.restart();
    this.take([{ kind: 'mark', mark: 'benchd was restarted' }]);
  }

  /** @param {number} offset @param {Uint8Array} bytes */
  feed(offset, bytes) {
    this.take(this.log.feed(offset, bytes));
  }

  /** @param {number} to @param {number} lost */
  gap(to, lost) {
    this.take(this.log.gap(to, lost));
  }

  /** @param {{offset: number, mark: string, time?: string}} mark */
  mark(mark) {
    this.take(this.log.mark(mark));
  }

  /** @param {import('./console-log.js').Piece[]} pieces */
  take(pieces) {
    if (this.screen && !this.isPaused) {
      this.show(pieces);
      return;
    }
    this.held.push(...pieces);
    for (const piece of pieces) this.waiting += lengthOf(piece);
    while (this.waiting - this.skipped > HELD_BYTES)
      this.skipped += lengthOf(/** @type {import('./console-log.js').Piece} */ (this.held.shift()));
  }

  /** Shows what came in while paused. */
  catchUp() {
    if (this.skipped)
      this.show([{ kind: 'mark', mark: `${bytesWord(this.skipped)} came while paused` }]);
    this.show(this.held.splice(0));
    this.waiting = 0;
    this.skipped = 0;
  }

  /** @param {import('./console-log.js').Piece[]} pieces */
  show(pieces) {
    for (const piece of pieces) {
      if (piece.kind === 'bytes') {
        this.screen?.write(piece.bytes.slice());
        this.isAtLineStart = piece.bytes[piece.bytes.length - 1] === NEWLINE;
        this.isEmpty = false;
        continue;
      }
      const start = this.isAtLineStart ? '' : '\r\n';
      this.screen?.write(`${start}\x1b[0;38;5;247m── ${annotation(piece)} ──\x1b[0m\r\n`);
      this.isAtLineStart = true;
      this.isEmpty = false;
    }
  }

  pause() {
    this.isPaused = !this.isPaused;
    if (this.isPaused) return;
    this.catchUp();
    this.screen?.toEnd();
  }

  clear() {
    this.held = [];
    this.waiting = 0;
    this.skipped = 0;
    this.screen?.reset();
    this.isAtLineStart = true;
    this.isEmpty = true;
  }

  download() {
    this.emit('save', { name: `${this.board?.id ?? 'board'}-console.txt`, blob: this.log.file() });
  }

  /** In messages that the server takes. @param {string} text */
  typed(text) {
    if (this.limit) return;
    const out = text.replace(/\r\n|\r|\n/g, LINE_ENDS[this.lineEnd] ?? '\r\n');
    const bytes = new TextEncoder().encode(out);
    for (let at = 0; at < bytes.length; at += MESSAGE_BYTES)
      this.emit('input-bytes', { bytes: bytes.subarray(at, at + MESSAGE_BYTES) });
  }

  /** @param {SubmitEvent} event */
  send(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem('line'));
    this.typed(`${field.value}\r`);
    this.past = remember(this.past, field.value);
    this.back = 0;
    field.value = '';
    field.focus();
  }

  /** Up and down go through what was sent. @param {KeyboardEvent} event */
  recall(event) {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const back = this.back + (step ?? 0);
    if (!step || back < 0 || back > this.past.length) return;
    event.preventDefault();
    this.back = back;
    const field = /** @type {HTMLInputElement} */ (event.target);
    field.value = back ? this.past[this.past.length - back] : '';
  }

  /** Of many lines those with an end are sent, as a terminal does; the rest stays to be edited. @param {ClipboardEvent} event */
  paste(event) {
    const text = event.clipboardData?.getData('text') ?? '';
    const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
    if (end === 0) return;
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (event.target);
    this.typed(field.value + text.slice(0, end));
    field.value = text.slice(end);
  }

  /** @param {any} event */
  chooseLineEnd(event) {
    this.lineEnd = event.target.value;
    setLineEnd(this.lineEnd);
  }

  render() {
    const board = this.board;
    const why = board && board.state !== 'idle' ? CANNOT[board.state] : '';
    const limit = this.limit ? 'Only to watch' : '';
    return html`<section class="console" id="console" aria-labelledby="console-title">
      ${this.tools(board)}
      <div class="screen-frame ${board?.state === 'idle' ? '' : 'screen-off'}">
        <div class="screen" role="log" aria-live="off" aria-label="Console output" tabindex="-1"></div>
        ${
          this.isEmpty
            ? html`<p class="screen-empty">${why || 'Nothing printed yet.'}</p>`
            : nothing
        }
      </div>
      ${this.line(limit || why)}
    </section>`;
  }

  /** @param {import('./types.js').Board | null} board */
  tools(board) {
    return html`<header class="panel-head">
      <h2 id="console-title">Console</h2>
      ${
        board
          ? html`<span class="faint mono">${board.console.baud} ${board.console.frame}</span>`
          : nothing
      }
      <span class="spacer"></span>
      ${
        this.isPaused
          ? html`<span class="faint" role="status">paused, ${bytesWord(this.waiting)} waiting</span>`
          : nothing
      }
      <button type="button" class="small" id="console-pause" aria-pressed=${this.isPaused} @click=${this.pause}>
        ${this.isPaused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" class="small" id="console-clear" @click=${this.clear}>Clear</button>
      <button type="button" class="small" id="console-download" @click=${this.download}>Download</button>
    </header>`;
  }

  /** @param {string} why */
  line(why) {
    return html`<form class="send" @submit=${this.send}>
        <label class="visually-hidden" for="console-line">Line to send</label>
        <input
          id="console-line"
          name="line"
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          placeholder=${why || 'Say something to the board'}
          ?disabled=${why !== ''}
          @keydown=${this.recall}
          @paste=${this.paste}
        />
        <label class="visually-hidden" for="line-end">Line end</label>
        <select id="line-end" @change=${this.chooseLineEnd}>
          <option value="crlf" ?selected=${this.lineEnd === 'crlf'}>CR LF</option>
          <option value="lf" ?selected=${this.lineEnd === 'lf'}>LF</option>
          <option value="cr" ?selected=${this.lineEnd === 'cr'}>CR</option>
        </select>
        <button type="submit" id="console-send" ?disabled=${why !== ''}>Send</button>
      </form>
      ${this.refused ? html`<p class="notice warn" role="alert">${this.refused}</p>` : nothing}`;
  }
}
customElements.define('board-console', BoardConsole);
