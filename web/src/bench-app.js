// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { actions } from './actions.js';
import * as api from './api.js';
import { Element } from './element.js';
import { markOf as groupMark, keptOf, NO_GROUP, rowsOf } from './group.js';
import { placeHash, placeOf } from './places.js';
import { groupKept, keepGroup } from './preferences.js';
import { EMPTY, jobAtHand, NO_CONSOLE, reduce, viewOf } from './reduce.js';
import { watchAll, watchBoard } from './stream.js';
import { isFinal, percent } from './words.js';

/** Under which problems of the log-in form stand; no board's id looks like it. */
const LOG_IN = 'log in';

/** Bytes of a file that leave at once; the server holds 64 KiB. */
const FILE_PIECE = 512;
/** Of a byte on the line, start and stop with it, and a little for what is typed beside it. */
const FILE_BITS = 10.5;

/** A file dropped beside its place does not replace the page. @param {Event} event */
const keepPage = (event) => event.preventDefault();

/** The application: holds the state, carries out wishes, listens to the server. */
class BenchApp extends Element {
  static properties = {
    bench: { state: true },
    boardId: { state: true },
    place: { state: true },
    refused: { state: true },
  };

  constructor() {
    super();
    this.bench = { ...EMPTY, group: { ...NO_GROUP, ...groupKept() } };
    this.boardId = '';
    this.refused = '';
    /** @type {import('./stream.js').Stream | null} */
    this.stream = null;
    /** Whose stream it is; '': that of all. */
    this.watched = '';
    /** In a console. */
    this.place = placeOf('');
    this.route = () => this.go(placeOf(location.hash));
    /** @type {import('./actions.js').House} */
    this.house = {
      dispatch: (event) => this.dispatch(event),
      bench: () => this.bench,
      session: (board) =>
        this.bench.sessions[board] ??
        reduce(EMPTY, { type: 'options', board, options: {} }).sessions[board],
      console: (board) => this.bench.consoles[board] ?? NO_CONSOLE,
      image: (board) =>
        this.bench.jobs[this.bench.sessions[board]?.planJob ?? '']?.image?.sha256 ?? null,
      refresh: () => this.loadAround(),
      settle: (board) => this.settle(board),
      save: (name, blob) => this.save(name, blob),
    };
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('hashchange', this.route);
    addEventListener('dragover', keepPage);
    addEventListener('drop', keepPage);
    this.addEventListener('want', this.fulfil);
    this.addEventListener('save', (/** @type {any} */ event) =>
      this.save(event.detail.name, event.detail.blob),
    );
    this.addEventListener('input-bytes', (/** @type {any} */ event) =>
      this.sendInput(event.detail.bytes),
    );
    this.addEventListener('say', (/** @type {any} */ event) => this.say(event.detail.type));
    this.addEventListener('send-file', (/** @type {any} */ event) => this.sendFile(event.detail));
    this.addEventListener('copy-place', (/** @type {any} */ event) => this.copyPlace(event.detail));
    this.place = placeOf(location.hash);
    this.boardId = this.place.board;
    this.start();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.route);
    removeEventListener('dragover', keepPage);
    removeEventListener('drop', keepPage);
    this.stream?.close();
  }

  /** @param {{type: string, [more: string]: any}} event */
  dispatch(event) {
    this.bench = reduce(this.bench, event);
  }

  /** @param {any} event */
  fulfil(event) {
    const { what, ...wish } = event.detail;
    if (what === 'logIn') this.logIn(wish.token);
    else actions[what](this.house, wish);
  }

  async start() {
    await this.loadBoards();
    if (this.bench.needsLogIn) return;
    this.listen();
    await this.attempt(async () =>
      this.dispatch({ type: 'session', session: await api.getSession() }),
    );
  }

  /** @param {import('./places.js').Place} place */
  go(place) {
    this.place = place;
    if (place.board === this.boardId) return;
    this.boardId = place.board;
    this.refused = '';
    scrollTo(0, 0);
    if (!this.bench.needsLogIn) this.listen();
  }

  /** @param {() => Promise<void>} load @param {string} [board] */
  async attempt(load, board = '') {
    try {
      await load();
    } catch (error) {
      this.dispatch({ type: 'problem', board, problem: api.problemOf(error) });
    }
  }

  loadBoards() {
    return this.attempt(async () => {
      this.dispatch({ type: 'boards', ...(await api.getBoards()) });
      this.dispatch({ type: 'forget', board: '' });
    });
  }

  /** What the events do not carry: the shelf, and the history of a board. */
  loadAround() {
    return this.attempt(async () => {
      const board = this.boardHere;
      this.dispatch({ type: 'firmware', ...(await api.getFirmware()) });
      if (board) this.dispatch({ type: 'jobs', ...(await api.getJobs(board)) });
      if (board) await this.loadDevice(board);
      if (board) await this.loadOptionBytes(board);
    });
  }

  /** @param {string} board */
  async loadOptionBytes(board) {
    const options = this.bench.boards[board]?.device ? await api.getOptionBytes(board) : null;
    this.dispatch({ type: 'optionBytes', board, options });
  }

  /** The sectors, which are not in the board's short shape. @param {string} board */
  async loadDevice(board) {
    const known = this.bench.devices[board];
    const now = this.bench.boards[board]?.device;
    if (!now || (known?.product_id === now.product_id && known.unique_id === now.unique_id)) return;
    this.dispatch({ type: 'device', board, device: await api.getDevice(board) });
  }

  /**
   * A job that is over before the events looked is in none of them: when the board does not do it
   * (any more), the job itself is asked for. @param {string} board
   */
  async settle(board) {
    const job = jobAtHand(this.bench, board);
    if (!job || isFinal(job) || this.bench.boards[board]?.job === job.id) return;
    await this.attempt(
      async () => this.heard({ type: 'job', board, job: await api.getJob(job.id) }),
      board,
    );
  }

  /** The board that is looked at, where there is one of this name. */
  get boardHere() {
    return this.boardId in this.bench.boards ? this.boardId : '';
  }

  /** To the board that is looked at; to all where it is missing, which tell when it comes. */
  listen() {
    this.stream?.close();
    this.dispatch({ type: 'link', link: 'connecting' });
    const board = this.boardHere;
    this.watched = board;
    const onLink = (/** @type {'open' | 'lost' | 'gone'} */ link) => this.linked(link);
    const onEvent = (/** @type {any} */ event) => this.heard(event);
    this.stream = board
      ? watchBoard(board, {
          onLink,
          onEvent,
          onBytes: (offset, bytes) => this.page?.console?.feed(offset, bytes),
          place: () => (this.page?.boardId === board ? this.page.console?.place : {}),
        })
      : watchAll({ onLink, onEvent });
  }

  /** @returns {any} */
  get page() {
    return this.querySelector('board-page');
  }

  /** @param {'open' | 'lost' | 'gone'} link */
  async linked(link) {
    if (link === 'gone') {
      this.dispatch({ type: 'removed', board: this.watched });
      return this.listen();
    }
    this.dispatch({ type: 'link', link });
    if (link === 'open') await this.loadAround();
    else await this.loadBoards();
    if (this.bench.needsLogIn) this.stream?.close();
    else if (this.watched !== this.boardHere) this.listen();
  }

  /** @param {any} event */
  async heard(event) {
    const wasKnown = this.bench.boards[event.board]?.device;
    this.dispatch(event);
    if (['board', 'snapshot', 'removed'].includes(event.type))
      actions.groupSettle(this.house, { board: event.board });
    if (this.watched !== this.boardHere) return this.listen();
    if (!this.boardId || event.board !== this.boardId) return;
    if (event.type === 'board')
      await this.attempt(async () => {
        await this.loadDevice(this.boardId);
        if (!wasKnown && event.state.device) await this.loadOptionBytes(this.boardId);
      }, this.boardId);
    if (event.type === 'board' || event.type === 'snapshot') this.settle(this.boardId);
    if (event.type === 'job' && isFinal(event.job)) await this.loadAround();
    if (event.type === 'refused')
      this.refused = event.problem?.detail ?? 'The board does not take input now.';
    if (!['snapshot', 'gap', 'mark'].includes(event.type)) return;
    await this.updateComplete;
    this.toConsole(event);
  }

  /** @param {any} event */
  toConsole(event) {
    const console = this.page?.console;
    if (!console) return;
    if (event.type === 'gap') console.gap(event.to, event.lost ?? 0);
    else if (event.type === 'mark') console.mark(event);
    else console.follow(event.state.console.stream, event.viewer ?? null);
    for (const mark of event.marks ?? []) console.mark(mark);
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  sendInput(bytes) {
    this.refused = this.stream?.send(bytes) ? '' : 'Not sent: the connection to benchd is lost.';
  }

  /** @param {string} type */
  say(type) {
    this.refused = this.stream?.say({ type }) ? '' : 'Not sent: the connection to benchd is lost.';
  }

  /** As fast as the line takes it, so that it can be stopped. @param {{name: string, bytes: Uint8Array<ArrayBuffer>}} file */
  async sendFile({ name, bytes }) {
    const board = this.boardId;
    const baud = this.bench.boards[board]?.console.baud ?? 9600;
    const tell = (/** @type {number} */ done) =>
      this.dispatch({
        type: 'consoleState',
        board,
        change: { sending: { name, done, total: bytes.length }, problem: '' },
      });
    this.refused = '';
    tell(0);
    for (let at = 0; at < bytes.length; at += FILE_PIECE) {
      this.sendInput(bytes.subarray(at, at + FILE_PIECE));
      await new Promise((done) => setTimeout(done, (FILE_PIECE * FILE_BITS * 1000) / baud));
      if (this.refused || this.boardId !== board || !this.bench.consoles[board]?.sending) break;
      tell(Math.min(bytes.length, at + FILE_PIECE));
    }
    this.dispatch({ type: 'consoleState', board, change: { sending: null } });
  }

  /** The address then names it, and it is copied where the browser lets us. @param {{offset: number, stream: string}} place */
  async copyPlace({ offset, stream }) {
    location.hash = placeHash({ board: this.boardId, offset, stream });
    await navigator.clipboard?.writeText(location.href);
  }

  /** @param {string} token */
  async logIn(token) {
    try {
      await api.logIn(token);
    } catch (error) {
      this.dispatch({ type: 'problem', board: LOG_IN, problem: api.problemOf(error) });
      return;
    }
    this.dispatch({ type: 'forget', board: LOG_IN });
    await this.start();
  }

  async logOut() {
    await this.attempt(async () => {
      await api.logOut();
    });
    this.stream?.close();
    await this.loadBoards();
  }

  /** @param {string} name @param {Blob} blob */
  save(name, blob) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    const before = /** @type {import('./reduce.js').Bench | undefined} */ (changed.get('bench'));
    if (before && before.group !== this.bench.group) keepGroup(keptOf(this.bench.group));
    if (changed.has('bench') || changed.has('place')) document.title = `${this.tabTitle}benchd`;
  }

  /** What the tab says of the board or the group that is shown. */
  get tabTitle() {
    if (this.place.isGroup) return `${groupMark(rowsOf(this.bench))}Several boards · `;
    const board = this.bench.boards[this.boardId];
    if (!board) return '';
    const mark = markOf(viewOf(this.bench, board.id), this.bench.progress[board.id]);
    return `${mark}${board.label} · `;
  }

  banner() {
    const { link, isLoaded } = this.bench;
    if (this.bench.needsLogIn || link === 'open' || (link === 'connecting' && isLoaded))
      return nothing;
    if (link === 'connecting') return nothing;
    return html`<p class="banner" id="link-lost" role="alert">
      The connection to benchd is lost. What you see may be old; it connects again by itself.
    </p>`;
  }

  render() {
    const bench = this.bench;
    return html`<a class="skip" href="#main" @click=${this.skip}>Skip to the content</a>
      <header class="top">
        <a class="brand" href="#"><img src="favicon.svg" alt="" width="28" height="28" />benchd</a>
        <span class="spacer"></span>
        ${bench.needsLogIn ? nothing : this.status(bench)}
      </header>
      ${this.banner()}
      <main id="main" tabindex="-1">${this.main(bench)}</main>
      ${bench.adding && !bench.needsLogIn ? html`<add-board .bench=${bench}></add-board>` : nothing}`;
  }

  /** @param {import('./reduce.js').Bench} bench */
  status(bench) {
    return html`<span class="link-state link-${bench.link}"
        ><i class="led"></i>${LINK_WORDS[bench.link]}</span
      >
      ${
        bench.session?.required
          ? html`<span class="who"><b>${bench.session.name}</b> <span class="faint">${bench.session.role}</span></span>
              <button type="button" class="small" id="log-out" @click=${() => this.logOut()}>
                Log out
              </button>`
          : nothing
      }`;
  }

  /** @param {Event} event the hash is the route: it stays */
  skip(event) {
    event.preventDefault();
    /** @type {HTMLElement} */ (this.querySelector('#main')).focus();
  }

  /** @param {import('./reduce.js').Bench} bench */
  main(bench) {
    if (bench.needsLogIn) return html`<log-in .problem=${bench.problems[LOG_IN] ?? null}></log-in>`;
    if (this.boardId)
      return keyed(
        this.boardId,
        html`<board-page .bench=${bench} .boardId=${this.boardId} .place=${this.place} .refused=${this.refused}></board-page>`,
      );
    if (this.place.isGroup) return html`<group-flash .bench=${bench}></group-flash>`;
    return html`<board-list .bench=${bench}></board-list>`;
  }
}

/** @type {Record<string, string>} */
const LINK_WORDS = {
  open: 'Live',
  connecting: 'Connecting',
  lost: 'Not connected',
};

/**
 * What the tab says before the board's name: how far its work is, or how it went.
 * @param {import('./reduce.js').View} view @param {import('./types.js').Progress | undefined} progress
 */
function markOf(view, progress) {
  if (view.kind === 'work') {
    const { done = 0, total = 0 } = progress ?? view.job.progress ?? {};
    return total ? `${percent(done, total)} ` : '… ';
  }
  if (view.kind !== 'outcome') return '';
  return view.problem || view.job?.state !== 'done' ? '✕ ' : '✓ ';
}

customElements.define('bench-app', BenchApp);
