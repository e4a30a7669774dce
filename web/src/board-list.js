// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Element } from './element.js';
import { isAtOnce } from './preferences.js';
import { ago, kindDoing, kindOf, size, stateWord } from './words.js';

/** What one sees of a board at a glance. */
class BoardCard extends Element {
  static properties = { board: {}, job: {}, progress: {}, isOver: { state: true } };

  constructor() {
    super();
    /** @type {import('./types.js').Board | null} */
    this.board = null;
    /** @type {import('./types.js').Job | null} */
    this.job = null;
    /** @type {import('./types.js').Progress | null} */
    this.progress = null;
    this.isOver = false;
  }

  /** @param {DragEvent} event */
  over(event) {
    event.preventDefault();
    this.isOver = true;
  }

  /** @param {DragEvent} event @param {string} board */
  drop(event, board) {
    const firmware = event.dataTransfer?.files[0];
    event.preventDefault();
    this.isOver = false;
    if (!firmware) return;
    location.hash = `#board/${board}`;
    this.want('choose', { board, firmware, atOnce: isAtOnce() });
  }

  /** @param {import('./types.js').Board} board */
  partLine(board) {
    if (!board.device) return html`<p class="card-part faint">Not identified yet</p>`;
    const { name, product_id: id, flash_bytes: flash } = board.device;
    return html`<p class="card-part">
      ${name ?? `Unknown part ${id ?? ''}`}${flash ? html` · ${size(flash)}` : nothing}
    </p>`;
  }

  work() {
    if (this.board?.state !== 'busy') return nothing;
    const done = this.progress?.done ?? 0;
    const total = this.progress?.total ?? 0;
    const what = this.job ? kindDoing(kindOf(this.job)) : 'Working';
    return html`<p class="card-note">
      ${what}${this.progress?.stage ? html`: ${this.progress.stage}` : nothing}
      ${
        total
          ? html`<progress aria-label=${what} max=${total} .value=${done}></progress>`
          : html`<progress aria-label=${what}></progress>`
      }
    </p>`;
  }

  /** @param {import('./types.js').Board} board */
  note(board) {
    if (board.state === 'absent')
      return html`<p class="card-note">${board.cause ?? 'Its port cannot be opened.'}</p>`;
    if (board.quarantine)
      return html`<p class="card-note warn-text">Content unsure: a write was cut short.</p>`;
    if (board.state === 'busy') return this.work();
    if (board.image)
      return html`<p class="card-note faint">
        ${board.image.name ?? board.image.sha256.slice(0, 12)}, flashed
        ${ago(board.image.flashed_at)}
      </p>`;
    return html`<p class="card-note faint">Nothing flashed from here yet</p>`;
  }

  render() {
    const board = this.board;
    if (!board) return nothing;
    return html`<a
      class="card ${this.isOver ? 'card-over' : ''}"
      href="#board/${board.id}"
      id="card-${board.id}"
      @dragover=${this.over}
      @dragleave=${() => {
        this.isOver = false;
      }}
      @drop=${(/** @type {DragEvent} */ event) => this.drop(event, board.id)}
    >
      <span class="card-head">
        <span class="card-title">${board.label}</span>
        <span class="state state-${board.state}"><i class="led"></i>${stateWord(board.state)}</span>
      </span>
      ${this.partLine(board)} ${this.note(board)}
      <span class="card-foot">
        <code>${board.id}</code>
        ${board.tags.map((tag) => html`<span class="tag">${tag}</span>`)}
        <span class="card-port" title=${board.port}>${board.port.split('/').pop()}</span>
      </span>
    </a>`;
  }
}
customElements.define('board-card', BoardCard);

class BoardList extends Element {
  static properties = { bench: {} };

  constructor() {
    super();
    /** @type {import('./reduce.js').Bench | null} */
    this.bench = null;
  }

  render() {
    const bench = this.bench;
    if (!bench) return nothing;
    if (!bench.isLoaded) return html`<p class="empty" role="status">Looking for boards…</p>`;
    if (bench.order.length === 0) return this.empty();
    return html`<h1>Boards</h1>
      <ul class="cards">
        ${repeat(
          bench.order,
          (id) => id,
          (id) => this.card(bench, id),
        )}
      </ul>
      <p class="faint hint">Open a board to flash it and read its console, or drop firmware on its card.</p>`;
  }

  /** @param {import('./reduce.js').Bench} bench @param {string} id */
  card(bench, id) {
    const board = bench.boards[id];
    return html`<li>
      <board-card
        .board=${board}
        .job=${board.job ? (bench.jobs[board.job] ?? null) : null}
        .progress=${bench.progress[id] ?? null}
      ></board-card>
    </li>`;
  }

  empty() {
    return html`<section class="panel empty">
      <h1>No boards yet</h1>
      <p>Start benchd with the port of a board, or list it in the configuration file:</p>
      <pre><code>benchd --board mouse=/dev/ttyUSB0</code></pre>
      <p>To look around without hardware, start <code>benchd --demo</code>.</p>
    </section>`;
  }
}
customElements.define('board-list', BoardList);
