// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { clock, imageName, size } from './words.js';

const COPIED_MS = 2000;

/** Who the part is. */
class DeviceInfo extends Element {
  static properties = { board: {}, device: {}, shelf: {}, limit: {}, isCopied: { state: true } };

  constructor() {
    super();
    /** @type {import('./types.js').Board | null} */
    this.board = null;
    /** @type {import('./types.js').Device | null} */
    this.device = null;
    /** @type {import('./types.js').Firmware[]} */
    this.shelf = [];
    this.limit = '';
    this.isCopied = false;
  }

  /** @param {string} text */
  async copy(text) {
    await navigator.clipboard.writeText(text);
    this.isCopied = true;
    setTimeout(() => {
      this.isCopied = false;
    }, COPIED_MS);
  }

  /** @param {string} term @param {unknown} value */
  row(term, value) {
    return value === undefined || value === null || value === ''
      ? nothing
      : html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
  }

  /** @param {string | null | undefined} id */
  uniqueId(id) {
    if (!id) return null;
    const canCopy = Boolean(navigator.clipboard);
    return html`<code>${id}</code>
      ${
        canCopy
          ? html`<button type="button" class="small quiet" id="copy-unique-id" @click=${() => this.copy(id)}>
              ${this.isCopied ? 'Copied' : 'Copy'}
            </button>`
          : nothing
      }`;
  }

  /** @param {import('./types.js').Device} device */
  facts(device) {
    const readout =
      device.readout_protected === undefined
        ? null
        : device.readout_protected
          ? html`<span class="warn-text">protected</span>`
          : 'open';
    return html`${this.row('Part', device.name ?? 'unknown to benchd')}
    ${this.row('Product id', device.product_id ? html`<code>${device.product_id}</code>` : null)}
    ${this.row('Unique id', this.uniqueId(device.unique_id))}
    ${this.row('Flash', device.flash_bytes ? size(device.flash_bytes) : null)}
    ${this.row('Bootloader', device.bootloader_version)} ${this.row('Readout', readout)}`;
  }

  /** @param {import('./types.js').Board} board */
  image(board) {
    if (!board.image) return nothing;
    const { sha256, flashed_at: at, by } = board.image;
    return this.row(
      'Firmware',
      html`<b title=${sha256}>${imageName(board.image, this.shelf)}</b>
        <span class="faint">${clock(at)}${by ? `, by ${by}` : ''}</span>`,
    );
  }

  render() {
    const { board, device } = this;
    if (!board) return nothing;
    const isIdle = !this.limit && (board.state === 'idle' || board.state === 'bootloader');
    return html`<section class="panel" aria-labelledby="part-title">
      <header class="panel-head">
        <h2 id="part-title">Part</h2>
        <span class="spacer"></span>
        <button
          type="button"
          class="small"
          id="identify"
          title=${this.limit || nothing}
          ?disabled=${!isIdle}
          @click=${() => this.want('identify', { board: board.id })}
        >
          Identify
        </button>
      </header>
      ${device ? nothing : html`<p class="faint">Not identified yet. Identify asks the bootloader.</p>`}
      <dl class="facts" id="device">
        ${device ? this.facts(device) : nothing} ${this.image(board)}
      </dl>
    </section>`;
  }
}
customElements.define('device-info', DeviceInfo);
