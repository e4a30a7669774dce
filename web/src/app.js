// SPDX-License-Identifier: MIT
import { html, LitElement } from 'lit';
import { getBoards } from './api.js';
import { openTerminal } from './terminal.js';

class BenchApp extends LitElement {
  static properties = { boards: { state: true }, problem: { state: true } };

  constructor() {
    super();
    this.boards = /** @type {import('./types.js').Board[]} */ ([]);
    this.problem = '';
  }

  createRenderRoot() {
    return this;
  }

  async connectedCallback() {
    super.connectedCallback();
    try {
      this.boards = (await getBoards()).boards;
    } catch (error) {
      this.problem = String(error);
    }
  }

  render() {
    return html`<h1>benchd</h1>
      <p role="status">${this.problem}</p>
      <ul>
        ${this.boards.map((board) => html`<li>${board.label}: ${board.state}</li>`)}
      </ul>`;
  }
}
// a console a board comes with the board's page
customElements.define(
  'board-console',
  class extends HTMLElement {
    connectedCallback() {
      openTerminal(this, () => {});
    }
  },
);
customElements.define('bench-app', BenchApp);
