// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';

/** @param {import('./types.js').ProblemBody} problem */
const wordsOf = (problem) =>
  problem.status === 401
    ? 'This token is not known here. Was it copied whole? It begins with benchd_.'
    : problem.detail || problem.title;

/** Asks for a token. */
class LogIn extends Element {
  static properties = { problem: {} };

  constructor() {
    super();
    /** @type {import('./types.js').ProblemBody | null} */
    this.problem = null;
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this.want('logIn', { token: String(form.get('token') ?? '').trim() });
  }

  render() {
    return html`<form class="panel log-in" id="log-in" @submit=${this.submit}>
      <h1>Log in</h1>
      <p>This bench asks for a token. Whoever runs it makes one with
        <code>benchd --new-token NAME</code>.</p>
      <label class="field"><span>Token</span>
        <input name="token" type="password" autocomplete="current-password" required autofocus /></label>
      ${
        this.problem
          ? html`<p class="notice warn" role="alert">${wordsOf(this.problem)}</p>`
          : nothing
      }
      <div class="buttons"><button type="submit" class="primary">Log in</button></div>
    </form>`;
  }
}
customElements.define('log-in', LogIn);
