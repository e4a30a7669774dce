// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { sectorNumbers } from './board-actions.js';
import { Element } from './element.js';
import {
  bodyOf,
  changesOf,
  hexLines,
  isEditable,
  parsedValue,
  priceOf,
  protectionWords,
  sectorRanges,
  valueWords,
} from './option-bytes.js';
import './sector-picker.js';
import { clock, plural } from './words.js';

/** Readout and write protection and the option bytes, folded away until they are wanted. */
class ProtectionPanel extends Element {
  static properties = {
    board: {},
    device: {},
    options: {},
    limit: {},
    edits: { state: true },
    picked: { state: true },
    agreed: { state: true },
    wrong: { state: true },
  };

  constructor() {
    super();
    /** @type {import('./types.js').Board | null} */
    this.board = null;
    /** @type {import('./types.js').Device | null} */
    this.device = null;
    /** As last read; null: never. @type {import('./types.js').OptionBytes | null} */
    this.options = null;
    this.limit = '';
    /** Values that a person chose and has not written. @type {Record<string, number>} */
    this.edits = {};
    /** Sectors chosen in the dialog, as text. */
    this.picked = '';
    /** What a dialog asks to be agreed to was. */
    this.agreed = false;
    this.wrong = '';
  }

  /** What was chosen belongs to what was read. @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const before = /** @type {import('./types.js').OptionBytes | null} */ (changed.get('options'));
    if (before && before.bytes !== this.options?.bytes) this.edits = {};
  }

  get isOn() {
    return !this.limit && (this.board?.state === 'idle' || this.board?.state === 'bootloader');
  }

  get isReadProtected() {
    return Boolean(this.options?.readout_protected ?? this.device?.readout_protected);
  }

  /** @param {string} id @returns {HTMLDialogElement} */
  dialog(id) {
    return /** @type {HTMLDialogElement} */ (this.querySelector(`#${id}`));
  }

  /** @param {string} id */
  open(id) {
    this.agreed = false;
    this.wrong = '';
    this.picked = sectorRanges(this.options?.write_protected_sectors ?? []);
    this.dialog(id).showModal();
  }

  /** @param {string} id @param {string} what @param {Record<string, any>} wish */
  send(id, what, wish) {
    this.dialog(id).close();
    this.want(what, { board: this.board?.id, ...wish });
  }

  /** @param {string} id @param {string} label @param {() => void} act @param {boolean} [on] */
  button(id, label, act, on = true) {
    return html`<button type="button" class="small" id=${id} title=${this.limit || nothing}
      ?disabled=${!this.isOn || !on} @click=${act}>${label}</button>`;
  }

  render() {
    if (!this.board) return nothing;
    const isHeld = this.isReadProtected || this.options?.write_protected_sectors?.length;
    return html`<details class="panel guard" id="protection">
      <summary>
        <h2>Protection and option bytes</h2>
        <span class="guard-now ${isHeld ? 'warn-text' : ''}">${protectionWords(this.options, this.device)}</span>
      </summary>
      ${this.readout()} ${this.write()} ${this.bytes()}
    </details>
    ${this.protectDialog()} ${this.openDialog()} ${this.sectorsDialog()} ${this.changeDialog()}`;
  }

  readout() {
    const held = this.isReadProtected;
    return html`<div class="guard-part">
      <div>
        <h3>Readout</h3>
        <p class="faint">${
          held
            ? 'Its memory can neither be read nor written, here or by a debugger.'
            : 'Who can reach the bootloader can read the program.'
        }</p>
      </div>
      ${
        held
          ? this.button('readout-off', 'Take off…', () => this.open('open-dialog'))
          : this.button('readout-on', 'Protect…', () => this.open('protect-dialog'))
      }
    </div>`;
  }

  write() {
    const sectors = this.options?.write_protected_sectors;
    const count = this.device?.sectors?.length ?? 0;
    const words = sectors?.length
      ? html`${plural(sectors.length, 'sector')} can’t be erased or written: <code>${sectorRanges(sectors)}</code>`
      : sectors
        ? 'Every sector can be erased and written.'
        : 'Which sectors are protected is not known.';
    return html`<div class="guard-part">
      <div><h3>Writing</h3><p class="faint">${words}</p></div>
      ${this.button('choose-sectors', 'Choose sectors…', () => this.open('sectors-dialog'), count > 0 && !this.isReadProtected)}
    </div>`;
  }

  bytes() {
    const options = this.options;
    return html`<div class="guard-part">
        <div>
          <h3>Option bytes</h3>
          <p class="faint">${
            options
              ? `${this.isReadProtected ? 'As they were before they could not be read any more' : 'As read'}, ${clock(options.read_at)}.`
              : 'Not read yet. Not every part keeps them where its bootloader reads them.'
          }</p>
        </div>
        ${this.button('read-options', options ? 'Read again' : 'Read', () => this.want('readOptions', { board: this.board?.id }), !this.isReadProtected)}
      </div>
      ${options ? this.table(options) : nothing}`;
  }

  /** @param {import('./types.js').OptionBytes} options */
  table(options) {
    const changes = changesOf(options.fields, this.edits);
    return html`${
      options.fields.length
        ? html`<ul class="option-fields" id="option-fields">${options.fields.filter(isEditable).map((field) => this.field(field))}</ul>`
        : html`<p class="faint">What they mean on this part is not known to benchd.</p>`
    }
      ${
        changes.length
          ? html`<div class="option-diff" id="option-diff" role="status">
              ${this.diff(changes)}
              <div class="buttons">
                ${this.button('write-options', 'Write…', () => this.open('change-dialog'))}
                <button type="button" class="small quiet" id="forget-options" @click=${() => {
                  this.edits = {};
                }}>Forget</button>
              </div>
            </div>`
          : nothing
      }
      <details class="option-raw">
        <summary>Raw, at <code>${options.address}</code></summary>
        ${this.others(options)}
        <pre id="option-raw">${hexLines(options.bytes).join('\n')}</pre>
      </details>`;
  }

  /** What has a button of its own, or none. @param {import('./types.js').OptionBytes} options */
  others(options) {
    return html`<dl>${options.fields
      .filter((field) => !isEditable(field))
      .map(
        ({ name, value, bits, text }) =>
          html`<div title=${text}><dt><code>${name}</code></dt><dd><code>${valueWords(value, bits)}</code></dd></div>`,
      )}</dl>`;
  }

  /** @param {import('./option-bytes.js').Change[]} changes */
  diff(changes) {
    const bits = (/** @type {string} */ name) =>
      this.options?.fields.find((field) => field.name === name)?.bits ?? 1;
    return html`<ul class="diff">${changes.map(
      ({ name, from, to }) => html`<li>
        <code>${name}</code> <del>${valueWords(from, bits(name))}</del>
        <span aria-label="becomes">→</span> <ins>${valueWords(to, bits(name))}</ins>
      </li>`,
    )}</ul>`;
  }

  /** @param {import('./types.js').OptionField} field */
  field(field) {
    const { name, value, bits, text } = field;
    const now = this.edits[name] ?? value;
    const id = `option-${name}`;
    const on = this.isOn && !this.isReadProtected && this.options?.writable;
    return html`<li class=${now === value ? '' : 'is-changed'}>
      <label for=${id}><code>${name}</code></label>
      ${
        !on
          ? html`<output class="option-value" id=${id}>${valueWords(value, bits)}</output>`
          : bits <= 2
            ? html`<select id=${id} aria-describedby="${id}-text"
                @change=${(/** @type {any} */ event) => this.edit(name, Number(event.target.value))}>
                ${Array.from({ length: 2 ** bits }, (_, n) => html`<option value=${n} .selected=${n === now}>${n}</option>`)}
              </select>`
            : html`<input id=${id} type="text" spellcheck="false" aria-describedby="${id}-text" .value=${valueWords(now, bits)}
                @change=${(/** @type {any} */ event) => this.typed(field, event.target)} />`
      }
      <p id="${id}-text">${text}</p>
    </li>`;
  }

  /** @param {string} name @param {number} value */
  edit(name, value) {
    this.edits = { ...this.edits, [name]: value };
  }

  /** @param {import('./types.js').OptionField} field @param {HTMLInputElement} input */
  typed({ name, value, bits }, input) {
    const typed = parsedValue(input.value, bits);
    if (typed === null) input.value = valueWords(this.edits[name] ?? value, bits);
    else this.edit(name, typed);
  }

  /** @param {string} words */
  agree(words) {
    return html`<label class="check agree"><input type="checkbox" .checked=${this.agreed}
        @change=${(/** @type {any} */ event) => {
          this.agreed = event.target.checked;
        }} /> ${words}</label>`;
  }

  /** @param {string} id @param {string} title @param {unknown} body @param {unknown} act */
  ask(id, title, body, act) {
    return html`<dialog id=${id} aria-labelledby="${id}-title">
      <h2 id="${id}-title">${title}</h2>
      ${body}
      <div class="buttons">${act}
        <button type="button" @click=${() => this.dialog(id).close()}>Not now</button></div>
    </dialog>`;
  }

  protectDialog() {
    return this.ask(
      'protect-dialog',
      'Protect the program from being read?',
      html`<p>Nobody can read or write the memory of ${this.board?.label} any more, benchd included. The program goes on running.</p>
        <p class="notice warn">Taking the protection off again <strong>erases everything</strong> in the flash.</p>
        ${this.agree('I have the program elsewhere')}`,
      html`<button type="button" class="primary" id="readout-on-sure" ?disabled=${!this.agreed}
        @click=${() => this.send('protect-dialog', 'protect', { parameters: { readout: true } })}>Protect</button>`,
    );
  }

  openDialog() {
    return this.ask(
      'open-dialog',
      'Take readout protection off?',
      html`<p class="notice warn"><strong>Everything in the flash of ${this.board?.label} is erased.</strong> It cannot be undone: what it holds cannot be read out before.</p>
        ${this.agree('Erase everything')}`,
      html`<button type="button" class="danger" id="readout-off-sure" ?disabled=${!this.agreed}
        @click=${() => this.send('open-dialog', 'protect', { parameters: { readout: false, erase_everything: true } })}>Erase and take off</button>`,
    );
  }

  protectSectors() {
    const sectors = this.device?.sectors ?? [];
    const chosen = this.picked.trim() === '' ? [] : sectorNumbers(this.picked, sectors.length);
    if (!chosen) this.wrong = 'Write sector numbers of this part, like 0-3, 7.';
    else this.send('sectors-dialog', 'protect', { parameters: { write: chosen } });
  }

  sectorsDialog() {
    const sectors = this.device?.sectors ?? [];
    const chosen = new Set(sectorNumbers(this.picked, sectors.length) ?? []);
    const pick = (/** @type {any} */ event) => {
      this.wrong = '';
      this.picked = event.detail
        ? sectorRanges([...event.detail.sectors].sort((a, b) => a - b))
        : event.target.value;
    };
    return this.ask(
      'sectors-dialog',
      'Protect sectors from writing',
      html`<p class="faint">Exactly these will be protected. Where the part protects several at once, their neighbours go with them. Nothing is erased.</p>
        <sector-picker .sectors=${sectors} .chosen=${chosen} @pick=${pick}></sector-picker>
        <label class="field"><span>Sectors${sectors.length ? `, of 0 to ${sectors.length - 1}` : ''}; empty: none</span>
          <input id="protect-sectors" type="text" placeholder="none" spellcheck="false" .value=${this.picked} @input=${pick} /></label>
        ${this.wrong ? html`<p class="notice warn" role="alert">${this.wrong}</p>` : nothing}`,
      html`<button type="button" class="primary" id="sectors-sure" @click=${() => this.protectSectors()}>
        ${this.picked.trim() ? 'Protect these' : 'Protect none'}</button>`,
    );
  }

  changeDialog() {
    const changes = changesOf(this.options?.fields ?? [], this.edits);
    const price = priceOf(changes);
    return this.ask(
      'change-dialog',
      'Write the option bytes?',
      html`${this.diff(changes)}
        <p class="faint">The part resets itself to load them; all others stay as they are.</p>
        ${price ? html`<p class="notice warn">${price}</p>${this.agree('I know')}` : nothing}`,
      html`<button type="button" class="primary" id="options-sure" ?disabled=${Boolean(price) && !this.agreed}
        @click=${() => this.send('change-dialog', 'writeOptions', { parameters: bodyOf(changes) })}>Write</button>`,
    );
  }
}
customElements.define('protection-panel', ProtectionPanel);
