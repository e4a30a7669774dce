// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { ConsoleLog } from './console-log.js';
import { Element } from './element.js';
import { chunksOf } from './past-lines.js';
import { hasEcho, lineEnd, sentTo, setEcho, setLineEnd, setSentTo } from './preferences.js';
import { NO_CONSOLE } from './reduce.js';
import { historyFrom, recalled, remembered } from './send-history.js';
import { openTerminal } from './terminal.js';
import { bytes as bytesWord, plural } from './words.js';

/** @type {Record<string, string>} */
const LINE_ENDS = { none: '', cr: '\r', lf: '\n', crlf: '\r\n' };
const VIEWS = [
  ['terminal', 'Terminal'],
  ['times', 'Times'],
  ['hex', 'Hex'],
  ['plot', 'Plot'],
];
/** Times and hex are the server's: asked for again when something came. */
const REFRESH_MS = 400;
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
    state: {},
    link: {},
    view: { state: true },
    isSearching: { state: true },
    viewer: { state: true },
    hasEcho: { state: true },
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
    this.state = NO_CONSOLE;
    /** The place that the address names. @type {import('./places.js').Place | null} */
    this.link = null;
    this.view = 'terminal';
    this.wanted = 'terminal';
    this.isSearching = false;
    /** Our own number, by which the board names who types. @type {number | null} */
    this.viewer = null;
    this.hasEcho = hasEcho();
    this.history = historyFrom();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** Pieces that wait for what the plot shows before them; null: none do. @type {{offset: number, bytes: Uint8Array}[] | null} */
    this.unplotted = null;
    this.plotNext = 0;
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
    clearTimeout(this.timer);
    this.screen?.dispose();
    this.screen = null;
  }

  /** Where to go on after the connection was lost. */
  get place() {
    return this.log.next === null ? {} : { from: this.log.next, stream: this.stream };
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    if (changed.has('board') && changed.get('board')?.id !== this.board?.id)
      this.history = historyFrom(sentTo(this.board?.id ?? ''));
  }

  /** @param {Map<string, any>} changed */
  updated(changed) {
    const isNew = changed.has('link') && this.link?.offset !== null;
    if (this.link && isNew) this.jump(this.link.offset ?? 0, this.link.stream);
    if (changed.has('state') && this.unplotted) this.startPlot();
  }

  /** The plotter is loaded when it is wanted first. @param {string} view */
  async choose(view) {
    this.wanted = view;
    if (view === 'plot') await import('./console-plot.js');
    if (this.wanted !== view) return; // another was chosen meanwhile
    this.leave();
    this.view = view;
    this.unplotted = view === 'plot' ? [] : null;
    if (view !== 'terminal') this.ask(null, '', view === 'plot');
  }

  /** @param {number | null} at @param {string} stream @param {boolean} [isLong] */
  ask(at, stream, isLong = false) {
    this.want('showPast', { board: this.board?.id, at, stream, isLong });
  }

  /** To a place in the past, which stays shown until one goes back. @param {number} at @param {string} stream */
  jump(at, stream) {
    if (this.view !== 'hex') this.view = 'times';
    this.wanted = this.view;
    this.unplotted = null;
    this.ask(at, stream);
  }

  /** The address names no place any more, so that it can be asked for again. */
  leave() {
    if (this.link && this.link.offset !== null) location.hash = `#board/${this.board?.id}`;
  }

  /** From a place back to what comes in now. */
  toNow() {
    this.leave();
    this.ask(null, '');
  }

  /** Something came: what is shown by the server's word is asked for again, not too often. */
  refresh() {
    if (this.timer || this.isPaused || (this.view !== 'times' && this.view !== 'hex')) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if ((this.state.asked?.at ?? null) === null && !this.isPaused) this.ask(null, '');
    }, REFRESH_MS);
  }

  /** @returns {any} */
  get plot() {
    return this.querySelector('console-plot');
  }

  /** The past with the times when it came, then what came since. */
  startPlot() {
    if (!this.state.past || this.state.past.at !== null || !this.plot) return;
    for (const chunk of chunksOf(this.state.past.text)) {
      if ('lost' in chunk) {
        this.plot.gap();
        continue;
      }
      this.plot.feed(chunk.bytes, Date.parse(chunk.time) / 1000);
      this.plotNext = chunk.offset + chunk.bytes.length;
    }
    const since = this.unplotted ?? [];
    this.unplotted = null;
    for (const { offset, bytes } of since) this.toPlot(offset, bytes);
  }

  /** @param {number} offset @param {Uint8Array} bytes */
  toPlot(offset, bytes) {
    if (this.unplotted) {
      this.unplotted.push({ offset, bytes: bytes.slice() });
      return;
    }
    const known = Math.max(0, this.plotNext - offset);
    if (known < bytes.length) this.plot?.feed(bytes.subarray(known), Date.now() / 1000);
    this.plotNext = Math.max(this.plotNext, offset + bytes.length);
  }

  /** Whose turn it is to type, when it is not ours. */
  get other() {
    const { writer = null, writers = 'any' } = this.board?.console ?? {};
    return writers === 'one' && writer && writer.viewer !== this.viewer ? writer : null;
  }

  /** Another stream than before: the offsets have restarted. @param {string} stream @param {number | null} viewer */
  follow(stream, viewer) {
    this.viewer = viewer;
    const isOther = this.stream !== '' && this.stream !== stream;
    this.stream = stream;
    if (!isOther) return;
    this.log.restart();
    this.take([{ kind: 'mark', mark: 'benchd was restarted' }]);
    if (this.view === 'plot') this.choose('plot');
  }

  /** @param {number} offset @param {Uint8Array} bytes */
  feed(offset, bytes) {
    this.take(this.log.feed(offset, bytes));
    if (this.view === 'plot') this.toPlot(offset, bytes);
    this.refresh();
  }

  /** @param {number} to @param {number} lost */
  gap(to, lost) {
    this.take(this.log.gap(to, lost));
    this.plot?.gap();
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
    this.refresh();
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

  /** In messages that the server takes. @param {string} text */
  typed(text) {
    if (this.limit || this.other) return;
    const out = text.replace(/\r\n|\r|\n/g, LINE_ENDS[this.lineEnd] ?? '\r\n');
    if (this.hasEcho && !this.isPaused)
      this.screen?.write(text.replace(/\r\n|\r|\n/g, '\r\n').replaceAll('\x1b', '^['));
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
    this.history = remembered(this.history, field.value);
    setSentTo(this.board?.id ?? '', this.history.lines);
    field.value = '';
    field.focus();
  }

  /** Up and down go through what was sent. @param {KeyboardEvent} event */
  recall(event) {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const field = /** @type {HTMLInputElement} */ (event.target);
    const found = step ? recalled(this.history, step, field.value) : null;
    if (!found) return;
    event.preventDefault();
    this.history = found.history;
    field.value = found.line;
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

  echo() {
    this.hasEcho = !this.hasEcho;
    setEcho(this.hasEcho);
  }

  /** The link leads to where one is: the place shown, or the last byte that came. @param {any} event */
  copyPlace(event) {
    if (event.detail.stream !== undefined) return;
    event.stopPropagation();
    const past = this.state.past;
    const offset = event.detail.offset ?? past?.at ?? this.log.next ?? 0;
    const stream = past && event.detail.offset !== undefined ? past.stream : this.stream;
    this.emit('copy-place', { offset, stream });
  }

  render() {
    const board = this.board;
    const why = board && board.state !== 'idle' ? CANNOT[board.state] : '';
    const limit = this.limit ? 'Only to watch' : '';
    const isTerminal = this.view === 'terminal';
    return html`<section class="console" id="console" aria-labelledby="console-title" @copy-place=${this.copyPlace}>
      ${this.tools(board, limit || why)}
      ${this.isSearching ? this.search() : nothing}
      ${this.whereabouts()}
      <div class="screen-frame ${board?.state === 'idle' ? '' : 'screen-off'}" ?hidden=${!isTerminal}>
        <div class="screen" role="log" aria-live="off" aria-label="Console output" tabindex="-1"></div>
        ${
          this.isEmpty
            ? html`<p class="screen-empty">${why || 'Nothing printed yet.'}</p>`
            : nothing
        }
      </div>
      ${
        this.view === 'times' || this.view === 'hex'
          ? html`<console-past .past=${this.state.past} .isHex=${this.view === 'hex'}></console-past>`
          : nothing
      }
      ${this.view === 'plot' ? html`<console-plot .name=${board?.id ?? 'board'}></console-plot>` : nothing}
      ${this.turn()} ${this.line(limit || why)}
      ${this.state.problem ? html`<p class="notice warn" role="alert">${this.state.problem}</p>` : nothing}
    </section>`;
  }

  pauseWords() {
    if (!this.isPaused || this.view === 'plot') return nothing;
    return html`<p class="console-place" id="console-paused" role="status">Paused; the console goes on. ${bytesWord(this.waiting)} since.</p>`;
  }

  /** The past at a place: where it is, and the ways out. */
  whereabouts() {
    const past = this.state.past;
    const isShown = this.view === 'times' || this.view === 'hex';
    if (!isShown || !past || past.at === null) return this.pauseWords();
    return html`<p class="console-place" role="status"><span>At offset <b class="mono">${past.at}</b></span>
      <span class="spacer"></span>
      <button type="button" class="small" id="place-copy" @click=${() => this.emit('copy-place', { offset: past.at, stream: past.stream })}>Copy link</button>
      <button type="button" class="small" id="place-now" @click=${this.toNow}>Back to now</button></p>`;
  }

  search() {
    const board = this.board?.id;
    return html`<console-search
      .search=${this.state.search}
      .at=${this.state.past?.at ?? null}
      @search=${(/** @type {any} */ event) => this.want('search', { board, ...event.detail })}
      @go-on=${() => this.want('searchOn', { board })}
      @place=${(/** @type {any} */ event) => this.jump(event.detail.offset, event.detail.stream)}
      @close-search=${this.find}
    ></console-search>`;
  }

  find() {
    this.isSearching = !this.isSearching;
    if (!this.isSearching) this.want('endSearch', { board: this.board?.id });
  }

  /** Who types, when it is somebody else; and a file that is being sent. */
  turn() {
    const { other } = this;
    const { sending } = this.state;
    if (sending)
      return html`<p class="turn" role="status"><span>Sending ${sending.name}, ${bytesWord(sending.done)} of ${bytesWord(sending.total)}</span>
        <progress max=${sending.total} .value=${sending.done} aria-label="Sending"></progress></p>`;
    if (!other) return nothing;
    return html`<p class="turn" id="console-writer" role="status"><span><b>${other.who}</b> ${other.viewer === null ? 'types by requests' : 'is typing, in another window'}.</span>
      <span class="spacer"></span>
      ${this.limit ? nothing : html`<button type="button" class="small" id="console-take" @click=${() => this.emit('say', { type: 'take' })}>Take over</button>`}</p>`;
  }

  /** @param {import('./types.js').Board | null} board @param {string} cannot */
  tools(board, cannot) {
    return html`<header class="panel-head">
      <h2 id="console-title">Console</h2>
      ${
        board
          ? html`<span class="faint mono">${board.console.baud} ${board.console.frame}</span>`
          : nothing
      }
      <span class="spacer"></span>
      <div class="views" role="group" aria-label="View">
        ${VIEWS.map(([view, word]) => html`<button type="button" class="small" id="view-${view}" aria-pressed=${this.view === view} @click=${() => this.choose(view)}>${word}</button>`)}
      </div>
      <button type="button" class="small" id="console-search" aria-pressed=${this.isSearching} @click=${this.find}>Search</button>
      ${
        this.view === 'plot'
          ? nothing
          : html`<button type="button" class="small" id="console-pause" aria-pressed=${this.isPaused} @click=${this.pause}>
        ${this.isPaused ? 'Resume' : 'Pause'}
      </button>`
      }
      <console-menu .board=${board} .cannot=${cannot || (this.other ? 'taken' : '')} .hasEcho=${this.hasEcho}
        @settings=${(/** @type {any} */ event) => this.want('setConsole', { board: board?.id, settings: event.detail })}
        @break=${() => this.emit('say', { type: 'break' })}
        @download=${(/** @type {any} */ event) => this.want('saveConsole', { board: board?.id, ...event.detail })}
        @echo=${this.echo} @clear=${this.clear}></console-menu>
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
          placeholder=${why || (this.other ? 'Take over to type' : 'Say something to the board')}
          ?disabled=${why !== '' || this.other !== null}
          @keydown=${this.recall}
          @paste=${this.paste}
        />
        <label class="visually-hidden" for="line-end">Line end</label>
        <select id="line-end" @change=${this.chooseLineEnd}>
          <option value="crlf" ?selected=${this.lineEnd === 'crlf'}>CR LF</option>
          <option value="lf" ?selected=${this.lineEnd === 'lf'}>LF</option>
          <option value="cr" ?selected=${this.lineEnd === 'cr'}>CR</option>
          <option value="none" ?selected=${this.lineEnd === 'none'}>none</option>
        </select>
        <button type="submit" id="console-send" ?disabled=${why !== '' || this.other !== null}>Send</button>
      </form>
      ${this.refused ? html`<p class="notice warn" role="alert">${this.refused}</p>` : nothing}`;
  }
}
customElements.define('board-console', BoardConsole);
