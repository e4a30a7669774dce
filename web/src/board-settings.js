// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { controlWords } from './words.js';

/** How the board is connected, and who may change that: port, control, console; change and remove. */
class BoardSettings extends Element {
  static properties = { board: {}, isAdmin: {} };

  constructor() {
    super();
    /** @type {import('./types.js').Board | null} */
    this.board = null;
    this.isAdmin = true;
  }

  /** @returns {HTMLDialogElement} */
  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('#remove-dialog'));
  }

  /** @param {import('./types.js').Board} board */
  ways(board) {
    if (board.configured !== 'api')
      return html`<p class="faint" id="in-file">It stands in the configuration file or on the command line, and is changed there.</p>`;
    if (!this.isAdmin)
      return html`<p class="faint">Who has the role <code>admin</code> may change or remove it.</p>`;
    return html`<div class="buttons">
      <button type="button" id="settings" @click=${() => this.want('changeBoard', { board: board.id })}>Change…</button>
      <button type="button" class="quiet" id="remove" @click=${() => this.dialog.showModal()}>Remove…</button>
    </div>`;
  }

  /** @param {import('./types.js').Board} board */
  removeDialog(board) {
    const close = () => this.dialog.close();
    return html`<dialog id="remove-dialog" aria-labelledby="remove-title">
      <h2 id="remove-title">Remove ${board.label}</h2>
      <p>Its port is closed, and benchd forgets its settings. The part is not touched. Its jobs and what it
        printed are kept: a board that is added under the id <code>${board.id}</code> has them again.</p>
      <div class="buttons">
        <button type="button" class="danger" id="remove-now" @click=${() => {
          close();
          this.want('removeBoard', { board: board.id });
        }}>Remove</button>
        <button type="button" @click=${close}>Not now</button>
      </div>
    </dialog>`;
  }

  render() {
    const board = this.board;
    if (!board) return nothing;
    return html`<section class="panel" aria-labelledby="connection-title">
      <header class="panel-head"><h2 id="connection-title">Connection</h2></header>
      <dl class="facts">
        <div><dt>Port</dt><dd><code>${board.port}</code></dd></div>
        <div><dt>Control</dt><dd>${controlWords(board.control)}</dd></div>
        <div><dt>Console</dt><dd>${board.console.baud} ${board.console.frame}</dd></div>
      </dl>
      ${this.ways(board)} ${this.removeDialog(board)}
    </section>`;
  }
}
customElements.define('board-settings', BoardSettings);
