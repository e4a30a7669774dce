// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { isAtOnce, optionsOf, setAtOnce, setOptionsOf } from './preferences.js';
import { jobsOf, NO_CONSOLE, viewOf } from './reduce.js';
import { limitWords, mayOf } from './roles.js';
import { clock, kindOf, rangeWords, sentence, stateClass, stateWord } from './words.js';

/** A plan that was made is no news; one that failed is. @param {import('./types.js').Job} job */
const isWorthKeeping = (job) => kindOf(job) !== 'plan' || job.state !== 'done';

/** One board: flash it, see its flash, talk to it. */
class BoardPage extends Element {
  static properties = {
    bench: {},
    boardId: {},
    refused: {},
    place: {},
    atOnce: { state: true },
    options: { state: true },
  };

  constructor() {
    super();
    /** @type {import('./reduce.js').Bench | null} */
    this.bench = null;
    this.boardId = '';
    this.refused = '';
    /** In its console. @type {import('./places.js').Place | null} */
    this.place = null;
    this.shown = '';
    this.atOnce = isAtOnce();
    /** How this board is flashed, as this browser remembers it. @type {Record<string, any>} */
    this.options = {};
  }

  /** @returns {any} the console's element, which takes bytes past the state */
  get console() {
    return this.querySelector('board-console');
  }

  /** Why the board may not be changed; '': it may. */
  get limit() {
    return limitWords(this.bench?.session ?? null);
  }

  /** @param {boolean} on */
  setAtOnce(on) {
    this.atOnce = on;
    setAtOnce(on);
  }

  /** @param {File | import('./types.js').Firmware} firmware */
  take(firmware) {
    this.want('choose', {
      board: this.boardId,
      firmware,
      atOnce: this.atOnce,
      options: this.options,
    });
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('boardId')) this.options = optionsOf(this.boardId);
  }

  /** @param {Record<string, any>} options */
  keep(options) {
    setOptionsOf(this.boardId, options);
    this.options = optionsOf(this.boardId);
  }

  /** Another plan, by other options. @param {Record<string, any>} options */
  replan(options) {
    this.keep(options);
    this.want('plan', { board: this.boardId, options });
  }

  /** What had the focus may be gone with the last view: the next Tab starts at the new one. */
  updated() {
    const kind = this.bench?.boards[this.boardId] ? viewOf(this.bench, this.boardId).kind : '';
    const isNew = this.shown !== '' && kind !== this.shown;
    this.shown = kind;
    if (
      isNew &&
      document.activeElement === document.body &&
      !document.querySelector('dialog[open]')
    )
      /** @type {HTMLElement | null} */ (this.querySelector('#flash-title'))?.focus({
        preventScroll: true,
      });
  }

  /** @param {import('./types.js').Board} board */
  head(board) {
    const device = this.bench?.devices[board.id] ?? board.device;
    return html`<header class="board-head">
      <div class="board-name">
        <p class="crumb"><a href="#">Boards</a> / <code>${board.id}</code></p>
        <h1>${board.label}</h1>
        <p class="board-facts">
          <span class="state ${stateClass(board)}" id="board-state" role="status"><i class="led"></i>${stateWord(board)}</span>
          ${device ? html`<span>${device.name ?? `Unknown part ${device.product_id}`}</span>` : nothing}
          ${board.tags.map((tag) => html`<span class="tag">${tag}</span>`)}
        </p>
      </div>
      <board-actions .board=${board} .device=${device} .limit=${this.limit}></board-actions>
    </header>`;
  }

  /** @param {import('./types.js').Board} board */
  notices(board) {
    return html`${
      this.limit ? html`<p class="notice calm" id="limit">${this.limit}</p>` : nothing
    }${
      board.state === 'absent'
        ? html`<p class="notice warn" id="absent" role="status">
            <strong>Not connected.</strong> ${sentence(board.cause ?? 'Its port cannot be opened')}
            benchd goes on by itself when it is back. <span class="faint">Since ${clock(board.since)}.</span>
            ${
              this.limit
                ? nothing
                : html`<button type="button" class="small" id="absent-doctor" @click=${() => this.want('doctor', { board: board.id })}>Find out what is wrong</button>`
            }
          </p>`
        : nothing
    }${
      board.quarantine
        ? html`<p class="notice warn" id="quarantine" role="status">
            <strong>The content of this part is unsure.</strong> ${sentence(board.quarantine.reason)}
            ${board.quarantine.length ? html`<span id="unsure">In doubt: ${rangeWords(board.quarantine, board.quarantine.reason)}.</span>` : nothing}
            Flash it again, or erase the whole flash: either ends this.
          </p>`
        : nothing
    }`;
  }

  /** @param {import('./types.js').Board} board */
  flashPanel(board) {
    const bench = /** @type {import('./reduce.js').Bench} */ (this.bench);
    const view = viewOf(bench, board.id);
    return html`<section class="panel flash-panel" aria-labelledby="flash-title">
      <header class="panel-head"><h2 id="flash-title" tabindex="-1">Flash</h2></header>
      ${this.view(bench, board, view)}
    </section>`;
  }

  /**
   * @param {import('./reduce.js').Bench} bench @param {import('./types.js').Board} board
   * @param {import('./reduce.js').View} view
   */
  view(bench, board, view) {
    const id = board.id;
    if (view.kind === 'sending')
      return html`<section class="work"><h3 role="status">Sending…</h3><progress class="bar" aria-label="Sending"></progress></section>`;
    if (view.kind === 'work')
      return html`<job-progress
        .job=${view.job}
        .progress=${bench.progress[id] ?? view.job.progress}
        .manual=${bench.manual[id] ?? null}
        .recoveries=${bench.recoveries[view.job.id] ?? []}
        .steps=${bench.visits[view.job.id] ?? []}
        .tried=${bench.tried[view.job.id] ?? []}
        .limit=${this.limit}
      ></job-progress>`;
    if (view.kind === 'plan') return this.plan(bench, board, view);
    return html`${
      view.kind === 'outcome'
        ? html`<job-outcome
            .job=${view.job}
            .isByHand=${board.control === 'manual'}
            .canUse=${board.configured === 'api' && mayOf(bench.session).admin}
            .problem=${view.problem}
            .limit=${this.limit}
            .warnings=${bench.warnings[view.job?.id ?? ''] ?? []}
            @again=${() => this.want('again', { board: id, atOnce: this.atOnce })}
            @anyway=${() => this.want('anyway', { board: id, atOnce: this.atOnce })}
            @dismiss=${() => this.want('forget', { board: id })}
            @doctor=${() => this.want('doctor', { board: id })}
          ></job-outcome>`
        : nothing
    }
      <drop-zone
        .shelf=${bench.firmware}
        .isDisabled=${board.state === 'absent'}
        .limit=${this.limit}
        .atOnce=${this.atOnce}
        .options=${this.options}
        @firmware=${(/** @type {any} */ event) => this.take(event.detail.firmware)}
        @at-once=${(/** @type {any} */ event) => this.setAtOnce(event.detail.on)}
        @options=${(/** @type {any} */ event) => this.keep(event.detail.options)}
      ></drop-zone>`;
  }

  /**
   * @param {import('./reduce.js').Bench} bench @param {import('./types.js').Board} board
   * @param {Extract<import('./reduce.js').View, {kind: 'plan'}>} view
   */
  plan(bench, board, view) {
    const session = bench.sessions[board.id];
    return html`<flash-plan
      .plan=${view.plan}
      .image=${view.job.image}
      .name=${session.firmware?.name ?? view.job.name ?? 'firmware'}
      .options=${session.options}
      .isWaiting=${board.state === 'absent'}
      @confirm=${() => this.want('flash', { board: board.id })}
      @compare=${() => this.want('compare', { board: board.id })}
      @options=${(/** @type {any} */ event) => this.replan(event.detail.options)}
      @forget=${() => this.want('forget', { board: board.id })}
    ></flash-plan>`;
  }

  /** @param {import('./types.js').Board} board */
  mapPanel(board) {
    const bench = /** @type {import('./reduce.js').Bench} */ (this.bench);
    const view = viewOf(bench, board.id);
    const planned = view.kind === 'plan' ? view.plan.erase.map((range) => range.sector) : [];
    return html`<section class="panel map-panel" aria-labelledby="map-title">
      <header class="panel-head"><h2 id="map-title">Flash memory</h2></header>
      <sector-map
        .sectors=${bench.devices[board.id]?.sectors ?? board.device?.sectors ?? []}
        .marks=${bench.marks[board.id]?.sectors ?? {}}
        .planned=${new Set(planned)}
        .locked=${new Set(bench.optionBytes[board.id]?.write_protected_sectors ?? [])}
        .unsure=${board.quarantine}
      ></sector-map>
    </section>`;
  }

  render() {
    const bench = this.bench;
    if (!bench) return nothing;
    const board = bench.boards[this.boardId];
    if (!board) return this.missing(bench);
    return html`${this.head(board)} ${this.notices(board)}
      <div class="board-grid">
        <div class="column">
          ${this.flashPanel(board)} ${this.mapPanel(board)}
          <device-info
            .board=${board}
            .device=${bench.devices[board.id] ?? board.device}
            .shelf=${bench.firmware}
            .limit=${this.limit}
          ></device-info>
          <board-settings .board=${board} .isAdmin=${mayOf(bench.session).admin}></board-settings>
          <protection-panel
            .board=${board}
            .device=${bench.devices[board.id] ?? board.device}
            .options=${bench.optionBytes[board.id] ?? null}
            .limit=${this.limit}
          ></protection-panel>
        </div>
        <div class="column">
          <div class="panel console-panel">
            <board-console
              .board=${board}
              .refused=${this.refused}
              .link=${this.place}
              .state=${bench.consoles[board.id] ?? NO_CONSOLE}
              .limit=${mayOf(bench.session).console ? '' : limitWords(bench.session)}
            ></board-console>
          </div>
          <job-history
            .mayFlash=${mayOf(bench.session).flash}
            .jobs=${jobsOf(bench, board.id).filter(isWorthKeeping)}
            @reuse=${(/** @type {any} */ event) => this.reuse(event.detail.job)}
          ></job-history>
          <bench-help .board=${board.id}></bench-help>
        </div>
      </div>`;
  }

  /** @param {import('./types.js').Job} job */
  reuse(job) {
    const image = /** @type {NonNullable<import('./types.js').Job['image']>} */ (job.image);
    this.take({ sha256: image.sha256, name: job.name ?? null, bytes: image.bytes });
    this.querySelector('#flash-title')?.scrollIntoView({ block: 'center' });
  }

  /** @param {import('./reduce.js').Bench} bench */
  missing(bench) {
    if (!bench.isLoaded) return html`<p class="empty" role="status">Looking for the board…</p>`;
    const label = bench.removed[this.boardId];
    return html`<section class="panel empty" id="missing" role="alert">
      <h1>${label === undefined ? `No board “${this.boardId}”` : `${label} was removed`}</h1>
      <p>${
        label === undefined
          ? 'It may have been removed. When it is added, it is shown here by itself.'
          : 'It is not on this bench any more. Its jobs and what it printed are kept: they are here again when a board of this name is added.'
      }</p>
      <p><a href="#">All boards</a></p>
    </section>`;
  }
}
customElements.define('board-page', BoardPage);
