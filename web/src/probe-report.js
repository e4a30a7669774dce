// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';

/** @param {string} [line] "!rts" */
const lineName = (line) => (line ?? '').replace('!', '').toUpperCase();
/** @param {string} [line] */
const levelWord = (line) => (line?.startsWith('!') ? 'cleared' : 'set');

/** The line of the configuration. @param {{reset: string, boot0?: string}} control */
export const controlLine = (control) =>
  `"control": { "kind": "lines", "reset": "${control.reset}"${control.boot0 ? `, "boot0": "${control.boot0}"` : ''} }`;

/** The wirings that were tried so far, or what was found. Emits "dismiss", wants "probe". */
class ProbeReport extends Element {
  static properties = { job: {}, tried: {}, limit: {}, canUse: {}, isCopied: { state: true } };

  constructor() {
    super();
    /** @type {import('./types.js').Job | null} */
    this.job = null;
    /** While it runs. @type {import('./types.js').Tried[]} */
    this.tried = [];
    this.limit = '';
    /** It can be put into the board's settings from here; else it goes into the file. */
    this.canUse = false;
    this.isCopied = false;
  }

  /** @param {import('./types.js').Tried[]} tried @param {boolean} isRunning */
  list(tried, isRunning) {
    return html`<ol class="wirings" id="probe-tried">
      ${tried.map(
        ({ reset, boot0, answered }) => html`<li class=${answered ? 'visit-good' : ''}>
          <span class="visit-mark" aria-hidden="true">${answered ? '✓' : '–'}</span>
          <code>reset ${reset}</code> <code>${boot0 ? `boot0 ${boot0}` : 'no boot0'}</code>
          <span class="faint">${answered ? 'the bootloader answers' : 'nothing'}</span>
        </li>`,
      )}
      ${isRunning ? html`<li class="visit-now"><span class="visit-mark" aria-hidden="true"></span><span class="faint">Trying…</span></li>` : nothing}
    </ol>`;
  }

  /** @param {string} pin @param {string | undefined} line @param {string} what */
  pin(pin, line, what) {
    return html`<div class="wire">
      <dt>${pin}</dt>
      <dd>${line ? html`<b>${lineName(line)}</b> <span class="faint">${levelWord(line)}: ${what}</span>` : html`<span class="faint">not wired to a line</span>`}</dd>
    </div>`;
  }

  /** @param {string} text */
  async copy(text) {
    await navigator.clipboard.writeText(text);
    this.isCopied = true;
  }

  /** @param {{reset: string, boot0?: string}} control */
  toFile(control) {
    const line = controlLine(control);
    return html`<p>Write this into the board's entry of the configuration file, and start benchd again:</p>
      <p class="copy-line"><code id="control-line">${line}</code>
        <button type="button" class="small" id="copy-control" @click=${() => this.copy(line)}>${this.isCopied ? 'Copied' : 'Copy'}</button></p>`;
  }

  /** @param {{reset: string, boot0?: string}} control */
  use(control) {
    const board = this.job?.board;
    return html`<p><button type="button" class="primary" id="use-wiring" @click=${() => this.want('useWiring', { board, control })}>Use this wiring</button></p>`;
  }

  /** @param {{reset: string, boot0?: string}} control */
  find(control) {
    return html`<dl class="wires">
        ${this.pin('NRST', control.reset, 'held in reset')}
        ${this.pin('BOOT0', control.boot0, 'the bootloader')}
      </dl>
      ${this.canUse ? this.use(control) : this.toFile(control)}`;
  }

  render() {
    const result = this.job?.result;
    if (!result?.text) return this.list(this.tried, true);
    const board = this.job?.board;
    return html`<section class="outcome outcome-${result.found ? 'good' : 'bad'}" id="wiring" role="status">
      <h3>${result.found ? 'The wiring is found' : 'No wiring was found'}</h3>
      <p>${result.text}</p>
      ${result.control ? this.find(result.control) : nothing}
      <details><summary>What was tried</summary>
        ${this.list(
          result.tried.map((/** @type {any} */ one) => ({
            ...one.control,
            answered: one.answered,
          })),
          false,
        )}
      </details>
      <div class="buttons">
        ${
          this.limit
            ? nothing
            : html`<button type="button" id="probe-again" @click=${() => this.want('probe', { board })}>Try again</button>
        ${result.found ? nothing : html`<button type="button" id="probe-doctor" @click=${() => this.want('doctor', { board })}>Find out what is wrong</button>`}`
        }
        <button type="button" class="quiet" id="dismiss" @click=${() => this.emit('dismiss')}>Dismiss</button>
      </div>
    </section>`;
  }
}
customElements.define('probe-report', ProbeReport);
