// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import './job-outcome.js';
import './job-progress.js';
import { viewOf } from './reduce.js';
import './settings-form.js';
import { size } from './words.js';

/** A dialog: the settings of a board, new or not, and of a new one the test that follows. */
class AddBoard extends Element {
  static properties = { bench: {} };

  constructor() {
    super();
    /** @type {import('./reduce.js').Bench | null} */
    this.bench = null;
    this.shown = '';
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  get adding() {
    return this.bench?.adding ?? null;
  }

  /** @returns {import('./types.js').Board | null} */
  get board() {
    return this.bench?.boards[this.adding?.board ?? ''] ?? null;
  }

  firstUpdated() {
    this.dialog.showModal();
  }

  /** What had the focus went with what was shown: the next Tab starts at the heading. */
  updated() {
    const shown =
      this.adding?.isPut && this.bench ? viewOf(this.bench, this.adding.board).kind : '';
    if (shown !== this.shown && document.activeElement === document.body)
      /** @type {HTMLElement | null} */ (this.querySelector('#add-title'))?.focus();
    if (shown !== this.shown) this.dialog.scrollTop = 0;
    this.shown = shown;
  }

  leave() {
    this.want('endAdding');
  }

  /** @param {string} what @param {object} [more] */
  ask(what, more = {}) {
    this.want(what, { board: this.adding?.board, ...more });
  }

  open() {
    this.leave();
    location.hash = `#board/${this.adding?.board}`;
  }

  /** Its part answered. @param {import('./types.js').Device} device */
  found(device) {
    return html`<section class="outcome outcome-good" id="add-found" role="status">
      <h3>${device.name ?? `Unknown part ${device.product_id}`}</h3>
      <p>It answers, and ${this.board?.label} is ready.</p>
      <dl class="facts">
        ${device.flash_bytes ? html`<div><dt>Flash</dt><dd>${size(device.flash_bytes)}</dd></div>` : nothing}
        ${device.unique_id ? html`<div><dt>Unique id</dt><dd><code>${device.unique_id}</code></dd></div>` : nothing}
      </dl>
    </section>`;
  }

  /** @param {import('./reduce.js').Bench} bench @param {import('./reduce.js').View} view */
  course(bench, view) {
    const id = this.adding?.board ?? '';
    if (view.kind === 'sending')
      return html`<progress class="bar" aria-label="Starting the test"></progress>`;
    if (view.kind === 'work')
      return html`<job-progress .job=${view.job} .progress=${bench.progress[id] ?? view.job.progress}
        .manual=${bench.manual[id] ?? null} .recoveries=${bench.recoveries[view.job.id] ?? []}
        .steps=${bench.visits[view.job.id] ?? []} .tried=${bench.tried[view.job.id] ?? []}></job-progress>`;
    if (view.kind !== 'outcome') return html`<p>It is added, and not tried yet.</p>`;
    const { job, problem } = view;
    const device = bench.devices[id] ?? this.board?.device;
    if (job?.kind === 'identify' && job.state === 'done' && device) return this.found(device);
    return html`<job-outcome .job=${job} .problem=${problem} .canUse=${true} .warnings=${bench.warnings[job?.id ?? ''] ?? []}
      @again=${() => this.ask('identify')} @doctor=${() => this.ask('doctor')} @dismiss=${() => this.ask('forget')}></job-outcome>`;
  }

  /** @param {import('./reduce.js').View} view */
  ways(view) {
    if (view.kind === 'sending' || view.kind === 'work') return nothing;
    const isFound =
      view.kind === 'outcome' && view.job?.kind === 'identify' && view.job.state === 'done';
    return html`<button type="button" class=${isFound ? 'primary' : ''} id="add-open" @click=${this.open}>Open the board</button>
      ${isFound ? html`<button type="button" id="add-another" @click=${() => this.want('addBoard')}>Add another</button>` : nothing}
      ${view.kind === 'drop' ? html`<button type="button" id="add-test" @click=${() => this.ask('identify')}>Test it</button>` : nothing}
      <button type="button" id="add-edit" @click=${() => this.ask('editAgain')}>Change its settings</button>
      ${isFound ? nothing : html`<button type="button" class="quiet" id="add-remove" @click=${() => this.ask('removeBoard')}>Remove it again</button>`}`;
  }

  /** @param {import('./reduce.js').Bench} bench */
  test(bench) {
    const view = viewOf(bench, this.adding?.board ?? '');
    return html`<div class="add-course">${this.course(bench, view)}
        <p class="faint">The board is kept, also over a restart of benchd.${
          view.kind === 'work' ? ' Closing this does not stop what is under way.' : nothing
        }</p></div>
      <div class="buttons add-foot">${this.ways(view)}
        <button type="button" class="quiet" id="add-close" @click=${this.leave}>Close</button></div>`;
  }

  render() {
    const { bench, adding } = this;
    if (!bench || !adding) return nothing;
    const others = bench.order.filter((id) => id !== adding.board);
    const { label = '' } = this.board ?? {};
    const title = adding.isPut ? label : adding.board ? `Settings of ${label}` : 'Add a board';
    return html`<dialog class="add-dialog" id="add-dialog" aria-labelledby="add-title"
      @cancel=${(/** @type {Event} */ event) => {
        event.preventDefault();
        this.leave();
      }}>
      <h2 id="add-title" tabindex="-1">${title}</h2>
      ${
        adding.isPut
          ? this.test(bench)
          : html`<settings-form .adding=${adding} .taken=${others}
              @leave=${this.leave} @put=${(/** @type {any} */ event) => this.want('putBoard', event.detail)}></settings-form>`
      }
    </dialog>`;
  }
}
customElements.define('add-board', AddBoard);
