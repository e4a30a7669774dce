// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { size } from './words.js';

/** "0-3, 7" as numbers; null: not understood. @param {string} text @param {number} count */
export function sectorNumbers(text, count) {
  /** @type {Set<number>} */
  const numbers = new Set();
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (!match) return null;
    const first = Number(match[1]);
    const last = Number(match[2] ?? first);
    if (first > last || last >= count) return null;
    for (let number = first; number <= last; number++) numbers.add(number);
  }
  return numbers.size ? [...numbers].sort((a, b) => a - b) : null;
}

/** Reset, bootloader, run, erase, read-out, what is wrong and how it is wired, and the power where something switches it. */
class BoardActions extends Element {
  static properties = {
    board: {},
    device: {},
    limit: {},
    wrong: { state: true },
    whole: { state: true },
  };

  constructor() {
    super();
    /** @type {import('./types.js').Board | null} */
    this.board = null;
    /** @type {import('./types.js').Device | null} */
    this.device = null;
    this.limit = '';
    this.wrong = '';
    this.whole = true;
  }

  /** @param {string} id @returns {HTMLDialogElement} */
  dialog(id) {
    return /** @type {HTMLDialogElement} */ (this.querySelector(`#${id}`));
  }

  /** @param {string} id @param {string} label @param {() => void} act @param {boolean} on */
  button(id, label, act, on) {
    return html`<button type="button" id=${id} title=${this.limit || nothing} ?disabled=${!on} @click=${act}>${label}</button>`;
  }

  render() {
    const board = this.board;
    if (!board) return nothing;
    const on = !this.limit && (board.state === 'idle' || board.state === 'bootloader');
    const force = board.quarantine ? { force: true } : {};
    const reset = (/** @type {string} */ into, /** @type {object} */ more) => () =>
      this.want('reset', { board: board.id, parameters: { into, ...more } });
    return html`<div class="actions" role="group" aria-label="Actions">
        ${this.button('reset', 'Reset', reset('application', force), on)}
        ${this.button('bootloader', 'Bootloader', reset('bootloader', {}), on && board.state !== 'bootloader')}
        ${this.button('run', 'Run', () => this.want('go', { board: board.id, parameters: { address: this.base(), ...force } }), on)}
        ${this.button('read-out', 'Read out…', () => this.dialog('read-dialog').showModal(), on)}
        ${this.button('erase', 'Erase…', () => this.dialog('erase-dialog').showModal(), on)}
      </div>
      <div class="actions check" role="group" aria-label="Connection">
        ${this.button('doctor', 'Doctor', () => this.want('doctor', { board: board.id }), !this.limit && board.state !== 'busy')}
        ${this.button('probe', 'Find wiring', () => this.want('probe', { board: board.id, parameters: force }), on)}
      </div>
      ${this.power(board)} ${this.readDialog(board)} ${this.eraseDialog(board)}`;
  }

  /** Also while the port is gone: that may be the power's doing. @param {import('./types.js').Board} board */
  power(board) {
    if (!board.power) return nothing;
    const on = !this.limit && board.state !== 'busy';
    const turn = (/** @type {string} */ state) => () =>
      this.want('power', { board: board.id, parameters: { state } });
    return html`<div class="actions power" role="group" aria-label="Power">
      ${
        board.power === 'off'
          ? this.button('power', 'Power on', turn('on'), on)
          : this.button('power', 'Power off', turn('off'), on)
      }
      ${this.button('power-cycle', 'Power cycle', turn('cycle'), on)}
    </div>`;
  }

  base() {
    const sector = this.device?.sectors?.[0];
    return sector ? sector.address : '0x08000000';
  }

  /** @param {SubmitEvent} event @param {string} board */
  read(event, board) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const query = Object.fromEntries([...form].filter(([, value]) => value !== ''));
    if (query.length && !query.address) query.address = this.base();
    this.dialog('read-dialog').close();
    this.want('read', { board, query });
  }

  /** @param {import('./types.js').Board} board */
  readDialog(board) {
    const number = '0[xX][0-9a-fA-F]{1,8}|[0-9]+';
    const flash = this.device?.flash_bytes;
    return html`<dialog id="read-dialog" aria-labelledby="read-title">
      <form @submit=${(/** @type {SubmitEvent} */ event) => this.read(event, board.id)}>
        <h2 id="read-title">Read out to a file</h2>
        <p class="faint">Left empty: the whole flash${flash ? `, ${size(flash)}` : ''}.</p>
        <div class="fields">
          <label class="field"><span>From address</span>
            <input name="address" type="text" pattern=${number} placeholder=${this.base()} spellcheck="false" /></label>
          <label class="field"><span>Length in bytes</span>
            <input name="length" type="text" pattern=${number} placeholder="all" spellcheck="false" /></label>
          <label class="field"><span>Format</span>
            <select name="format">
              <option value="bin">raw (.bin)</option>
              <option value="hex">Intel HEX</option>
              <option value="srec">S-record</option>
            </select></label>
        </div>
        <div class="buttons">
          <button type="submit" class="primary" id="read-start">Read out</button>
          <button type="button" @click=${() => this.dialog('read-dialog').close()}>Not now</button>
        </div>
      </form>
    </dialog>`;
  }

  /** @param {SubmitEvent} event @param {string} board */
  erase(event, board) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const sectors = sectorNumbers(
      String(form.get('sectors') ?? ''),
      this.device?.sectors?.length ?? 0,
    );
    if (!this.whole && !sectors) {
      this.wrong = 'Write sector numbers of this part, like 0-3, 7.';
      return;
    }
    this.wrong = '';
    this.dialog('erase-dialog').close();
    this.want('erase', { board, parameters: this.whole ? { mass: true } : { sectors } });
  }

  /** @param {import('./types.js').Board} board */
  eraseDialog(board) {
    const sectors = this.device?.sectors ?? [];
    const choose = (/** @type {boolean} */ whole) => () => {
      this.whole = whole;
    };
    return html`<dialog id="erase-dialog" aria-labelledby="erase-title">
      <form @submit=${(/** @type {SubmitEvent} */ event) => this.erase(event, board.id)}>
        <h2 id="erase-title">Erase ${board.label}</h2>
        <label class="check"><input type="radio" name="what" ?checked=${this.whole} @change=${choose(true)} />
          The whole flash</label>
        <label class="check"><input type="radio" name="what" ?checked=${!this.whole} ?disabled=${sectors.length === 0}
            @change=${choose(false)} />
          Some sectors${sectors.length ? html` (0 to ${sectors.length - 1})` : ', once it is identified'}</label>
        <label class="field"><span>Sectors</span>
          <input name="sectors" type="text" placeholder="0-3, 7" ?disabled=${this.whole} spellcheck="false" /></label>
        ${this.wrong ? html`<p class="notice warn" role="alert">${this.wrong}</p>` : nothing}
        <p class="faint">This cannot be undone. The board stays in its bootloader afterwards.</p>
        <div class="buttons">
          <button type="submit" class="danger" id="erase-start">Erase</button>
          <button type="button" @click=${() => this.dialog('erase-dialog').close()}>Not now</button>
        </div>
      </form>
    </dialog>`;
  }
}
customElements.define('board-actions', BoardActions);
