// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import {
  completed,
  draftOf,
  ENDS,
  FRAMES,
  LINES,
  likelyPort,
  portFacts,
  portPath,
  portTitle,
  refusedIn,
  settingsOf,
  sortedPorts,
  WIRINGS,
  wrongIn,
} from './board-form.js';
import { Element } from './element.js';

/** While it is on show: what is plugged in meanwhile appears by itself. */
const LOOK_MS = 2000;
const RATES = [9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1000000, 2000000];

/**
 * Which port, which wiring, which name: a new board's settings, or those of one that is there.
 * Emits "put" {board, settings, isSought}; wants "lookAtPorts".
 */
class SettingsForm extends Element {
  static properties = {
    adding: {},
    taken: {},
    draft: { state: true },
    wrong: { state: true },
    edited: { state: true },
  };

  constructor() {
    super();
    /** @type {import('./reduce.js').Adding | null} */
    this.adding = null;
    /** Ids of other boards. @type {string[]} */
    this.taken = [];
    this.draft = draftOf('', null);
    /** Field by field, once it was tried. @type {Record<string, string>} */
    this.wrong = {};
    /** Fields that were changed since the server refused them. @type {Set<string>} */
    this.edited = new Set();
    this.timer = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') this.want('lookAtPorts');
    }, LOOK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
  }

  get isNew() {
    return !this.adding?.board;
  }

  get ports() {
    return this.adding?.ports ?? [];
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    if (!changed.has('adding')) return;
    const before = changed.get('adding');
    if (before?.settings !== this.adding?.settings || before?.board !== this.adding?.board)
      this.draft = draftOf(this.adding?.board ?? '', this.adding?.settings ?? null);
    if (before?.problem !== this.adding?.problem) this.edited = new Set();
    if (before?.ports === this.adding?.ports || this.draft.port) return;
    this.fill('port', likelyPort(this.ports, this.adding?.arrived ?? []));
  }

  /** @param {string} name @param {string} value */
  fill(name, value) {
    const isIdTyped = this.draft.isIdTyped || name === 'id';
    const draft = { ...this.draft, isIdTyped, [name]: value };
    this.draft = completed(draft, this.ports, this.taken);
    this.edited = new Set([...this.edited, name]);
    if (Object.keys(this.wrong).length) this.wrong = wrongIn(this.draft, this.taken);
  }

  /** @param {any} event of the whole form */
  typed({ target }) {
    if (target.name) this.fill(target.name, target.value);
  }

  /** What is wrong with a field; '': nothing. @param {string} name */
  problem(name) {
    const refused = refusedIn(this.adding?.problem ?? null, this.draft.wiring);
    return this.wrong[name] ?? (this.edited.has(name) ? '' : (refused[name] ?? ''));
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    this.wrong = wrongIn(this.draft, this.taken);
    if (Object.keys(this.wrong).length === 0) {
      const settings = settingsOf(this.draft, this.adding?.settings ?? undefined);
      const isSought = this.draft.wiring === 'find';
      this.emit('put', { board: this.draft.id, settings, isSought });
      return;
    }
    await this.updateComplete;
    const first = /** @type {HTMLElement | null} */ (this.querySelector('[aria-invalid="true"]'));
    first?.focus({ preventScroll: true });
    first?.scrollIntoView({ block: 'center' });
  }

  /** @param {string} name */
  complaint(name) {
    const text = this.problem(name);
    return text ? html`<p class="field-wrong" id="wrong-${name}">${text}</p>` : nothing;
  }

  /** What a field says of itself to a screen reader. @param {string} name @param {string} help */
  described(name, help) {
    return [help && `help-${name}`, this.problem(name) && `wrong-${name}`]
      .filter(Boolean)
      .join(' ');
  }

  /** @param {string} name @param {string} label @param {{help?: string, list?: string, hint?: string, isOff?: boolean}} [more] */
  field(name, label, { help = '', list = '', hint = '', isOff = false } = {}) {
    return html`<div class="field">
      <label for="add-${name}">${label}</label>
      <input id="add-${name}" name=${name} type="text" spellcheck="false" autocomplete="off" placeholder=${hint || nothing}
        list=${list || nothing} ?disabled=${isOff} .value=${/** @type {any} */ (this.draft)[name]} aria-invalid=${this.problem(name) !== ''}
        aria-describedby=${this.described(name, help) || nothing} />
      ${help ? html`<p class="field-help" id="help-${name}">${help}</p>` : nothing} ${this.complaint(name)}
    </div>`;
  }

  /** @param {string} name @param {string} label @param {string[][]} choices */
  choice(name, label, choices) {
    const chosen = /** @type {any} */ (this.draft)[name];
    return html`<div class="field">
      <label for="add-${name}">${label}</label>
      <select id="add-${name}" name=${name} aria-invalid=${this.problem(name) !== ''} aria-describedby=${this.described(name, '') || nothing}>
        ${choices.map(([value, words]) => html`<option value=${value} .selected=${value === chosen}>${words}</option>`)}
      </select>
      ${this.complaint(name)}
    </div>`;
  }

  /** @param {{name: string, value: string, title: unknown, text: unknown, note?: unknown, isOff?: boolean, isNews?: boolean}} card */
  card({ name, value, title, text, note = nothing, isOff = false, isNews = false }) {
    return html`<label class="choice ${isNews ? 'choice-new' : ''}">
      <input type="radio" name=${name} value=${value} ?disabled=${isOff} .checked=${/** @type {any} */ (this.draft)[name] === value}
        aria-invalid=${this.problem(name) !== '' || nothing} />
      <span class="choice-title">${title}</span>
      <span class="choice-text">${text}</span> ${note}
    </label>`;
  }

  /** @param {import('./types.js').Port} port */
  port(port) {
    const isTaken = Boolean(port.board && port.board !== this.adding?.board);
    const isNews = this.adding?.arrived.includes(port.name) ?? false;
    const note = isTaken
      ? html`<span class="choice-note">Taken by <code>${port.board}</code></span>`
      : port.program
        ? html`<span class="choice-note warn-text">${port.program} has it open: close that first</span>`
        : isNews
          ? html`<span class="choice-note good-text">just plugged in</span>`
          : nothing;
    return this.card({
      name: 'port',
      value: portPath(port),
      title: portTitle(port),
      text: html`<span>${portFacts(port)}</span> <code>${portPath(port)}</code>`,
      note,
      isOff: isTaken,
      isNews,
    });
  }

  /** Not plugged in at the moment. */
  absentPort() {
    const { port } = this.draft;
    const isAbsent = this.adding?.ports && port && !this.ports.some((p) => portPath(p) === port);
    if (!isAbsent) return nothing;
    return this.card({
      name: 'port',
      value: port,
      title: port.split('/').pop(),
      text: html`<code>${port}</code>`,
      note: html`<span class="choice-note warn-text">not listed now</span>`,
    });
  }

  portPart() {
    const isLooking = this.adding?.ports === null;
    return html`<fieldset class="add-part" aria-describedby="wrong-port">
      <legend><h3>Port</h3></legend>
      <div class="choices">
        ${sortedPorts(this.ports).map((port) => this.port(port))} ${this.absentPort()}
      </div>
      <p class="field-help" id="port-hint" role="status">${
        isLooking
          ? 'Looking for serial ports…'
          : this.ports.length
            ? 'Not there? Plug the adapter in: it appears by itself.'
            : 'No serial port is there. Plug the adapter in: it appears here by itself.'
      }</p>
      ${this.complaint('port')}
    </fieldset>`;
  }

  /** What there is to say of the wiring that is chosen. */
  wiringDetails() {
    const { wiring } = this.draft;
    if (wiring === 'lines')
      return html`<div class="fields">${this.choice('reset', 'NRST is pulled by', LINES)} ${this.choice('boot0', 'BOOT0 is set by', LINES)}</div>
        <p class="field-help">A line that is set is low at the adapter’s pin. Straight wires: DTR when set, RTS when cleared.</p>`;
    if (wiring === 'gpio')
      return html`<div class="fields">
          ${this.field('chip', 'Chip')} ${this.field('resetPin', 'Line of NRST', { hint: '17' })}
          ${this.field('boot0Pin', 'Line of BOOT0', { hint: 'not wired' })}
        </div>
        <p class="field-help">As <code>gpioinfo</code> numbers them; <code>!17</code> where a transistor inverts it.</p>`;
    if (wiring === 'console')
      return html`<div class="fields">${this.field('send', 'Typed to it')} ${this.choice('sendEnd', 'Then', Object.entries(ENDS))}</div>`;
    if (wiring === 'find')
      return html`<p class="field-help">The board is restarted a few times; its flash is not touched.</p>`;
    return nothing;
  }

  wiringPart() {
    return html`<fieldset class="add-part">
      <legend><h3>Into the bootloader</h3></legend>
      <div class="choices choices-wide">
        ${WIRINGS.map(({ wiring, title, text }) => this.card({ name: 'wiring', value: wiring, title, text }))}
      </div>
      <div class="add-details">${this.wiringDetails()}</div>
    </fieldset>`;
  }

  namePart() {
    return html`<fieldset class="add-part">
      <legend><h3>Name</h3></legend>
      <div class="fields">
        ${this.field('label', 'Shown as', { hint: this.draft.id })}
        ${this.field('id', 'Id, for scripts', { isOff: !this.isNew })}
        ${this.field('tags', 'Tags', { hint: 'rack-2, f1' })}
      </div>
      <details class="add-more">
        <summary>Rates</summary>
        <div class="fields">
          ${this.field('baud', 'Console, baud', { hint: '115200', list: 'add-rates' })}
          ${this.choice('frame', 'Frame', [['', '8N1'], ...FRAMES.slice(1).map((f) => [f, f])])}
          ${this.field('bootloaderBaud', 'Bootloader, baud', { hint: 'auto', list: 'add-rates' })}
        </div>
        <datalist id="add-rates">${RATES.map((rate) => html`<option value=${rate}></option>`)}</datalist>
      </details>
    </fieldset>`;
  }

  render() {
    const rest = this.problem('');
    const isSending = this.adding?.isSending ?? false;
    return html`<form class="add-form" id="settings-form" @submit=${this.save} @input=${this.typed} novalidate>
      ${rest ? html`<p class="notice warn" id="add-problem" role="alert">${rest}</p>` : nothing}
      ${this.portPart()} ${this.wiringPart()} ${this.namePart()}
      <p class="visually-hidden" role="alert">${Object.values(this.wrong).join(' ')}</p>
      <div class="buttons add-foot">
        <button type="submit" class="primary" id="add-save" ?disabled=${isSending}>${isSending ? 'Saving…' : this.isNew ? 'Add and test' : 'Save and test'}</button>
        <button type="button" class="quiet" id="add-cancel" @click=${() => this.emit('leave')}>Not now</button>
      </div>
    </form>`;
  }
}
customElements.define('settings-form', SettingsForm);
