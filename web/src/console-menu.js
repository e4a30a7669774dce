// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';

const RATES = [
  1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1000000,
];
const FRAMES = ['8N1', '8E1', '8O1', '8N2'];
const FILE_BYTES = 1024 * 1024;
const DOWNLOADS = [
  ['text', 'Text'],
  ['stamped', 'With times'],
  ['raw', 'Raw bytes'],
];

/** What one needs now and then. Emits "settings", "break", "send-file", "download", "echo", "copy-place", "clear". */
class ConsoleMenu extends Element {
  static properties = { board: {}, cannot: {}, hasEcho: {}, wrong: { state: true } };

  constructor() {
    super();
    /** @type {import('./types.js').Board | null} */
    this.board = null;
    /** Why nothing may be sent; '': it may. */
    this.cannot = '';
    this.hasEcho = false;
    this.wrong = '';
    /** @param {Event} event */
    this.outside = (event) => {
      if (!this.contains(/** @type {Node} */ (event.target))) this.close();
    };
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('pointerdown', this.outside);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('pointerdown', this.outside);
  }

  close() {
    const details = this.querySelector('details');
    if (details) details.open = false;
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    if (event.key !== 'Escape') return;
    this.close();
    this.querySelector('summary')?.focus();
  }

  /** @param {string} name @param {object} [detail] */
  done(name, detail) {
    this.close();
    this.emit(name, detail);
  }

  /** @param {SubmitEvent} event */
  set(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this.done('settings', { baud: Number(form.get('baud')), frame: form.get('frame') });
  }

  /** @param {any} event */
  async choose({ target }) {
    const [file] = target.files;
    target.value = '';
    if (!file) return;
    this.wrong = file.size > FILE_BYTES ? 'A file of at most 1 MiB can be sent.' : '';
    if (!this.wrong)
      this.done('send-file', { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  }

  /** @param {any} event */
  download({ target }) {
    const { view } = target.dataset;
    const since = /** @type {HTMLSelectElement} */ (this.querySelector('#download-from')).value;
    this.done('download', { view, from: since || undefined });
  }

  /** @param {import('./types.js').Board} board */
  settings(board) {
    const { baud, frame } = board.console;
    const rates = RATES.includes(baud) ? RATES : [...RATES, baud].sort((a, b) => a - b);
    return html`<form class="menu-row" @submit=${this.set}>
      <label class="field"><span>Baud</span><select id="console-baud" name="baud" ?disabled=${this.cannot !== ''}>
        ${rates.map((rate) => html`<option value=${rate} ?selected=${rate === baud}>${rate}</option>`)}</select></label>
      <label class="field"><span>Frame</span><select name="frame" ?disabled=${this.cannot !== ''}>
        ${FRAMES.map((one) => html`<option ?selected=${one === frame}>${one}</option>`)}</select></label>
      <button type="submit" id="console-set" ?disabled=${this.cannot !== ''}>Set</button>
    </form>`;
  }

  render() {
    if (!this.board) return nothing;
    const off = this.cannot !== '';
    return html`<details class="menu" id="console-menu" @keydown=${this.keys}>
      <summary class="button small" aria-label="More" title="More">⋯</summary>
      <div class="menu-list">
        ${this.settings(this.board)}
        <div class="menu-part">
          <button type="button" class="small" id="console-file" ?disabled=${off}
            @click=${() => /** @type {HTMLElement} */ (this.querySelector('#console-file-field')).click()}>Send a file…</button>
          <input type="file" id="console-file-field" class="visually-hidden" tabindex="-1" aria-hidden="true" @change=${this.choose} />
          <button type="button" class="small" id="console-break" ?disabled=${off} @click=${() => this.done('break')}>Send a break</button>
          <label class="check"><input type="checkbox" id="console-echo" ?checked=${this.hasEcho} @change=${() => this.emit('echo')} />Show what is typed (local echo)</label>
          ${this.wrong ? html`<p class="notice warn" role="alert">${this.wrong}</p>` : nothing}
        </div>
        <div class="menu-part">
          <label class="field"><span>Download</span><select id="download-from">
            <option value="reset">since the last reset</option><option value="">everything held</option></select></label>
          <div class="menu-buttons">${DOWNLOADS.map(([view, word]) => html`<button type="button" class="small" id="download-${view}" data-view=${view} @click=${this.download}>${word}</button>`)}</div>
        </div>
        <div class="menu-part menu-buttons">
          <button type="button" class="small" id="console-copy" @click=${() => this.done('copy-place', {})}>Copy link to here</button>
          <button type="button" class="small" id="console-clear" @click=${() => this.done('clear')}>Clear the screen</button>
        </div>
      </div>
    </details>`;
  }
}
customElements.define('console-menu', ConsoleMenu);
