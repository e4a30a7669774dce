// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Element } from './element.js';
import { expectedPart } from './job-expected.js';
import { mendedWords, problemWords } from './job-outcome.js';
import {
  achieved,
  ago,
  between,
  clock,
  kindName,
  kindOf,
  linkWords,
  outcomeWord,
} from './words.js';

const SHOWN = 20;

/** What was done with a board, newest first, with errors in plain words. */
class JobHistory extends Element {
  static properties = { jobs: {}, mayFlash: {} };

  constructor() {
    super();
    /** @type {import('./types.js').Job[]} */
    this.jobs = [];
    this.mayFlash = true;
  }

  /** @param {import('./types.js').Job} job */
  row(job) {
    return html`<li>
      <details class="job">
        <summary>
          <span class="outcome-mark mark-${job.state}">${outcomeWord(job.state)}</span>
          <span class="row-main">${kindName(kindOf(job))}${job.name ? html` <b>${job.name}</b>` : nothing}</span>
          <span class="row-side">${between(job.started, job.finished)}</span>
          <span class="row-side" title=${clock(job.created)}>${ago(job.created)}</span>
        </summary>
        ${job.error ? html`<p><strong>${job.error.title}</strong></p>${problemWords(job.error)}` : nothing}
        ${achieved(job) ? html`<p>${achieved(job)}</p>` : nothing} ${expectedPart(job)} ${mendedWords(job)}
        <p class="faint">${linkWords(job.result) ? html`${linkWords(job.result)} · ` : nothing}<code>${job.id}</code> ${clock(job.created)}</p>
        ${
          this.mayFlash && job.kind === 'flash' && job.image
            ? html`<button type="button" class="small" @click=${() => this.emit('reuse', { job })}>
                Use this firmware again
              </button>`
            : nothing
        }
      </details>
    </li>`;
  }

  render() {
    return html`<section class="panel" aria-labelledby="history-title">
      <header class="panel-head"><h2 id="history-title">History</h2></header>
      ${
        this.jobs.length === 0
          ? html`<p class="faint">Nothing was done with this board yet.</p>`
          : html`<ul class="rows" id="history">
              ${repeat(
                this.jobs.slice(0, SHOWN),
                (job) => job.id,
                (job) => this.row(job),
              )}
            </ul>`
      }
    </section>`;
  }
}
customElements.define('job-history', JobHistory);
