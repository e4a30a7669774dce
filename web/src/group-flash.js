// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import {
  chosenOf,
  forewarnings,
  GROUP_OPTIONS,
  hasAll,
  isOver,
  rowsOf,
  setsOf,
  summaryOf,
  toggled,
} from './group.js';
import './group-course.js';
import { GROUP } from './places.js';
import { optionsOf, setOptionsOf } from './preferences.js';
import { limitWords, mayOf } from './roles.js';
import { plural, size, stateClass, stateWord } from './words.js';

/** Under which the options are remembered; no board's id looks like it. */
const ALL = '*';

/** The way to it from the list of boards: nothing for one board, or for who may only watch. @param {import('./reduce.js').Bench} bench */
export function groupLink(bench) {
  if (bench.order.length < 2 || !mayOf(bench.session).flash) return nothing;
  const rows = rowsOf(bench);
  const isGoing = !rows.every(isOver);
  return html`<a class="button" id="group" href=${GROUP}>${isGoing ? `Flashing: ${summaryOf(rows)}` : 'Flash several…'}</a>`;
}

/** One firmware for several boards: who, what, how; then what becomes of each. */
class GroupFlash extends Element {
  static properties = { bench: {}, options: { state: true } };

  constructor() {
    super();
    /** @type {import('./reduce.js').Bench | null} */
    this.bench = null;
    /** As this browser remembers them. @type {Record<string, any>} */
    this.options = optionsOf(ALL);
    this.wasChoosing = true;
  }

  /** What had the focus went with what was shown: the next Tab starts at the heading. */
  updated() {
    const isChoosing = this.rows.length === 0;
    const isNew = isChoosing !== this.wasChoosing;
    this.wasChoosing = isChoosing;
    if (isNew && document.activeElement === document.body)
      /** @type {HTMLElement | null} */ (this.querySelector('#group-title'))?.focus();
  }

  get rows() {
    return this.bench ? rowsOf(this.bench) : [];
  }

  /** @param {Record<string, any>} options */
  keep(options) {
    setOptionsOf(ALL, options);
    this.options = optionsOf(ALL);
  }

  /** @param {string[]} ids */
  toggle(ids) {
    const picked = this.bench?.group.picked ?? [];
    this.want('pickBoards', { picked: toggled(picked, ids) });
  }

  /** @param {import('./reduce.js').Bench} bench */
  sets(bench) {
    return html`<div class="chips" role="group" aria-label="Choose by tag">
      ${setsOf(bench).map(
        ({
          tag,
          ids,
        }) => html`<button type="button" class="chip ${tag ? 'mono' : ''}" aria-pressed=${hasAll(bench.group.picked, ids)}
          data-tag=${tag} @click=${() => this.toggle(ids)}>${tag || 'All'} <span class="faint">${ids.length}</span></button>`,
      )}
    </div>`;
  }

  /** @param {import('./reduce.js').Bench} bench @param {string} id */
  pick(bench, id) {
    const board = bench.boards[id];
    const device = bench.devices[id] ?? board.device;
    return html`<li><label class="pick">
      <input type="checkbox" id="pick-${id}" .checked=${bench.group.picked.includes(id)} @change=${() => this.toggle([id])} />
      <span class="pick-name"><b>${board.label}</b> <code class="faint">${id}</code></span>
      <span class="pick-part faint">${device ? (device.name ?? `Unknown part ${device.product_id}`) : 'Not identified yet'}</span>
      <span class="state ${stateClass(board)}"><i class="led"></i>${stateWord(board)}</span>
    </label></li>`;
  }

  /** @param {import('./reduce.js').Bench} bench */
  boards(bench) {
    return html`<section class="panel" aria-labelledby="group-boards">
      <header class="panel-head">
        <h2 id="group-boards">Boards</h2>
        <span class="faint" role="status" id="group-count">${chosenOf(bench).length} of ${bench.order.length}</span>
        <span class="spacer"></span>
        ${this.sets(bench)}
      </header>
      <ul class="rows picks">${bench.order.map((id) => this.pick(bench, id))}</ul>
    </section>`;
  }

  /** @param {import('./reduce.js').Bench} bench */
  firmware(bench) {
    const firmware = bench.group.firmware;
    if (!firmware)
      return html`<drop-zone
        .shelf=${bench.firmware}
        .atOnce=${null}
        .options=${null}
        @firmware=${(/** @type {any} */ event) => this.want('groupFirmware', event.detail)}
      ></drop-zone>`;
    const bytes = firmware instanceof Blob ? firmware.size : firmware.bytes;
    return html`<p class="group-firmware" id="group-firmware">
      <b>${firmware.name || 'unnamed'}</b> <span class="faint">${size(bytes)}</span>
      <span class="spacer"></span>
      <button type="button" class="small" id="group-other" @click=${() => this.want('groupFirmware', { firmware: null })}>Another…</button>
    </p>`;
  }

  /** @param {import('./reduce.js').Bench} bench */
  start(bench) {
    const { firmware, isSending } = bench.group;
    const count = chosenOf(bench).length;
    const missing = [count ? '' : 'boards', firmware ? '' : 'firmware'].filter(Boolean);
    return html`${forewarnings(bench).map((text) => html`<p class="notice warn">${text}</p>`)}
      <div class="group-start">
        <button type="button" class="primary" id="group-start" ?disabled=${missing.length > 0 || isSending}
          aria-describedby="group-missing" @click=${() => this.want('groupFlash', { options: this.options })}>
          ${isSending ? 'Sending…' : count ? `Flash ${plural(count, 'board')}` : 'Flash'}
        </button>
        <span class="faint" id="group-missing">${missing.length ? `Choose ${missing.join(' and ')} first.` : 'All at the same time; one that fails stops no other.'}</span>
      </div>`;
  }

  /** @param {import('./reduce.js').Bench} bench */
  script(bench) {
    const url = new URL('api/v1/flash', document.baseURI);
    const boards = chosenOf(bench).join(',') || 'one,two';
    return html`<details class="choices" id="group-script">
      <summary>From a script</summary>
      <pre tabindex="0" role="region" aria-label="The same by curl"><code>curl --fail-with-body -T firmware.hex '${url}?boards=${boards}'</code></pre>
    </details>`;
  }

  /** @param {import('./reduce.js').Bench} bench */
  choice(bench) {
    const { problem } = bench.group;
    return html`${
      problem
        ? html`<p class="notice warn" id="group-problem" role="alert"><strong>${problem.title}.</strong> ${problem.detail}</p>`
        : nothing
    }
      <div class="group-grid">
        ${this.boards(bench)}
        <section class="panel group-what" aria-labelledby="group-what">
          <header class="panel-head"><h2 id="group-what">Firmware</h2></header>
          ${this.firmware(bench)}
          <flash-options place="group" .options=${this.options} .keys=${GROUP_OPTIONS}
            remembered="For all of them, whatever is remembered for one."
            @options=${(/** @type {any} */ event) => this.keep(event.detail.options)}></flash-options>
          ${this.script(bench)} ${this.start(bench)}
        </section>
      </div>`;
  }

  /** @param {import('./reduce.js').Bench} bench why it cannot be, in words; '': it can */
  cannot(bench) {
    if (bench.isLoaded && bench.order.length === 0) return 'There are no boards yet.';
    return limitWords(bench.session);
  }

  render() {
    const bench = this.bench;
    if (!bench) return nothing;
    if (!bench.isLoaded) return html`<p class="empty" role="status">Looking for boards…</p>`;
    const { rows } = this;
    const cannot = this.cannot(bench);
    const body = rows.length
      ? html`<group-course .bench=${bench} .rows=${rows} .limit=${cannot}></group-course>`
      : this.choice(bench);
    return html`<header class="group-head">
        <p class="crumb"><a href="#">Boards</a> / several</p>
        <h1 id="group-title" tabindex="-1">Flash several boards</h1>
      </header>
      ${cannot && !rows.length ? html`<p class="notice calm">${cannot}</p>` : body}`;
  }
}
customElements.define('group-flash', GroupFlash);
