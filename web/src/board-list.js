// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Element } from './element.js';
import { groupLink } from './group-flash.js';
import { isAtOnce, optionsOf } from './preferences.js';
import { mayOf } from './roles.js';
import {
  ago,
  imageName,
  kindDoing,
  kindOf,
  percent,
  plural,
  sentence,
  size,
  stateClass,
  stateWord,
} from './words.js';

/** A connection each: on a long list the others show no console. */
const LIVE_CARDS = 24;
/** @type {import('./types.js').Sector[]} */
const NONE = [];
const NO_MARKS = {};

/** The fewer boards, the more of each console. @param {number} boards */
const screenOf = (boards) => (boards <= 2 ? 11 : boards <= 6 ? 7 : 4);

/** "3 boards: 2 ready, 1 working". @param {import('./reduce.js').Bench} bench */
function census(bench) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const id of bench.order) {
    const word = stateWord(bench.boards[id]).toLowerCase();
    counts[word] = (counts[word] ?? 0) + 1;
  }
  const parts = Object.entries(counts).map(([word, count]) => `${count} ${word}`);
  return `${plural(bench.order.length, 'board')}: ${parts.join(', ')}`;
}

/** What one sees of a board at a glance. */
class BoardCard extends Element {
  static properties = {
    board: {},
    job: {},
    progress: {},
    sectors: {},
    marks: {},
    shelf: {},
    screen: {},
    mayFlash: {},
    isOver: { state: true },
  };

  constructor() {
    super();
    /** @type {import('./types.js').Board | null} */
    this.board = null;
    /** @type {import('./types.js').Job | null} */
    this.job = null;
    /** @type {import('./types.js').Progress | null} */
    this.progress = null;
    /** @type {import('./types.js').Sector[]} */
    this.sectors = [];
    /** @type {Record<number, import('./types.js').SectorMark>} */
    this.marks = {};
    /** @type {import('./types.js').Firmware[]} */
    this.shelf = [];
    this.screen = 0;
    this.mayFlash = true;
    this.isOver = false;
  }

  /** @param {DragEvent} event */
  over(event) {
    event.preventDefault();
    const can = this.mayFlash && this.board?.state !== 'absent';
    if (event.dataTransfer) event.dataTransfer.dropEffect = can ? 'copy' : 'none';
    this.isOver = can;
  }

  /** Not when it only goes on to what stands in the card. @param {DragEvent} event */
  left(event) {
    const to = /** @type {Node | null} */ (event.relatedTarget);
    this.isOver = Boolean(to && this.contains(to));
  }

  /** @param {DragEvent} event @param {string} board */
  drop(event, board) {
    const firmware = event.dataTransfer?.files[0];
    event.preventDefault();
    this.isOver = false;
    if (!firmware || !this.mayFlash) return;
    location.hash = `#board/${board}`;
    this.want('choose', { board, firmware, atOnce: isAtOnce(), options: optionsOf(board) });
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
    const done = this.progress?.done ?? 0;
    const total = this.progress?.total ?? 0;
    const what = this.job ? kindDoing(kindOf(this.job)) : 'Working';
    return html`<p class="card-note card-work">
        <span>${what}${this.progress?.stage ? html`: ${this.progress.stage}` : nothing}</span>
        <span class="mono">${total ? percent(done, total) : nothing}</span>
      </p>
      ${
        total
          ? html`<progress aria-label=${what} max=${total} .value=${done}></progress>`
          : html`<progress aria-label=${what}></progress>`
      }`;
  }

  /** @param {import('./types.js').Board} board */
  note(board) {
    if (board.state === 'absent')
      return html`<p class="card-note">${sentence(board.cause ?? 'Its port cannot be opened')}</p>`;
    if (board.state === 'busy') return this.work();
    if (board.quarantine)
      return html`<p class="card-note warn-text">Content unsure: a write was cut short.</p>`;
    if (board.image)
      return html`<p class="card-note">
        <b>${imageName(board.image, this.shelf)}</b>
        <span class="faint">flashed ${ago(board.image.flashed_at)}</span>
      </p>`;
    return html`<p class="card-note faint">Nothing flashed from here yet</p>`;
  }

  render() {
    const board = this.board;
    if (!board) return nothing;
    return html`<div
      class="card ${this.isOver ? 'card-over' : ''}"
      @dragover=${this.over}
      @dragleave=${this.left}
      @drop=${(/** @type {DragEvent} */ event) => this.drop(event, board.id)}
    >
      <header class="card-head">
        <h2 class="card-title"><a href="#board/${board.id}" id="card-${board.id}">${board.label}</a></h2>
        <span class="state ${stateClass(board)}"><i class="led"></i>${stateWord(board)}</span>
      </header>
      ${this.partLine(board)}
      <sector-strip .sectors=${this.sectors} .marks=${this.marks}></sector-strip>
      <div class="card-now">${this.note(board)}</div>
      ${this.screen ? html`<card-console .board=${board} .height=${this.screen}></card-console>` : nothing}
      <footer class="card-foot">
        <code>${board.id}</code>
        ${board.tags.map((tag) => html`<span class="tag">${tag}</span>`)}
        <span class="card-port" title=${board.port}>${board.port.split('/').pop()}</span>
      </footer>
      <p class="card-drop" aria-hidden="true">Drop to flash ${board.label}</p>
    </div>`;
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
    const screen = screenOf(bench.order.length);
    return html`<header class="list-head">
        <h1>Boards</h1>
        <p class="faint">${census(bench)}</p>
        <span class="spacer"></span>
        ${groupLink(bench)} ${mayOf(bench.session).admin ? this.addButton(false) : nothing}
      </header>
      <ul class="cards">
        ${repeat(
          bench.order,
          (id) => id,
          (id, place) => this.card(bench, id, place < LIVE_CARDS ? screen : 0),
        )}
      </ul>
      ${
        mayOf(bench.session).flash
          ? html`<p class="faint hint">Drop firmware on a card to flash it, or open a board.</p>`
          : nothing
      }`;
  }

  /** @param {import('./reduce.js').Bench} bench @param {string} id @param {number} screen */
  card(bench, id, screen) {
    const board = bench.boards[id];
    return html`<li>
      <board-card
        .board=${board}
        .job=${board.job ? (bench.jobs[board.job] ?? null) : null}
        .progress=${bench.progress[id] ?? null}
        .sectors=${bench.devices[id]?.sectors ?? NONE}
        .marks=${bench.marks[id]?.sectors ?? NO_MARKS}
        .shelf=${bench.firmware}
        .screen=${screen}
        .mayFlash=${mayOf(bench.session).flash}
      ></board-card>
    </li>`;
  }

  /** @param {boolean} isFirst */
  addButton(isFirst) {
    return html`<button type="button" class=${isFirst ? 'primary' : ''} id="add-board" @click=${() => this.want('addBoard')}>Add a board…</button>`;
  }

  empty() {
    return html`<section class="panel empty">
      <h1>No boards yet</h1>
      ${
        mayOf(this.bench?.session ?? null).admin
          ? html`<p>Plug in the adapter of a board, and add it here.</p>
            <p>${this.addButton(true)}</p>
            <p class="faint">Or name its port when you start benchd, or in the configuration file:</p>`
          : html`<p>Who has the role <code>admin</code> can add one here. Or its port is named when benchd is started, or
              in the configuration file:</p>`
      }
      <pre><code>benchd --board mouse=/dev/ttyUSB0</code></pre>
      <p>To look around without hardware, start <code>benchd --demo</code>.</p>
    </section>`;
  }
}
customElements.define('board-list', BoardList);
