// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { duration, kindDoing, kindOf, size, stagesOf } from './words.js';

/** @type {Record<string, string>} */
const STAGE_WORDS = {
  connect: 'Connect',
  plan: 'Plan',
  erase: 'Erase',
  write: 'Write',
  verify: 'Verify',
  read: 'Read',
  run: 'Run',
};

/** A job under way: its stages, how far it is, and a way to stop it. */
class JobProgress extends Element {
  static properties = { job: {}, progress: {}, manual: {} };

  constructor() {
    super();
    /** @type {import('./types.js').Job | null} */
    this.job = null;
    /** @type {import('./types.js').Progress | null} */
    this.progress = null;
    this.manual = '';
  }

  get kind() {
    return this.job ? kindOf(this.job) : '';
  }

  /** @param {string} stage */
  stages(stage) {
    const all = stagesOf(this.kind);
    const at = all.indexOf(stage);
    return html`<ol class="stages">
      ${all.map((one, i) => {
        const place = i < at ? 'past' : i === at ? 'now' : 'ahead';
        return html`<li
          class="stage stage-${place}"
          aria-current=${place === 'now' ? 'step' : nothing}
        >
          ${STAGE_WORDS[one] ?? one}
        </li>`;
      })}
    </ol>`;
  }

  /** @param {number} done @param {number} total 0: not known */
  bar(done, total) {
    const label = kindDoing(this.kind);
    return total
      ? html`<progress class="bar" aria-label=${label} max=${total} .value=${done}></progress>`
      : html`<progress class="bar" aria-label=${label}></progress>`;
  }

  /** @param {number} done @param {number} total */
  figures(done, total) {
    const { bytes_per_second: rate, seconds_left: left } = this.progress ?? {};
    return html`<p class="figures">
      <span class="figure-main">${total ? `${Math.floor((done / total) * 100)} %` : '…'}</span>
      ${total ? html`<span>${size(done)} of ${size(total)}</span>` : nothing}
      ${rate ? html`<span>${size(rate)}/s</span>` : nothing}
      ${left !== undefined && left !== null ? html`<span>${duration(left)} left</span>` : nothing}
    </p>`;
  }

  /** For a screen reader: a sentence a stage and a quarter, not one a block. */
  spoken() {
    const { stage, done = 0, total = 0 } = this.progress ?? { stage: 'connect' };
    const quarter = total ? Math.floor((done / total) * 4) * 25 : 0;
    return `${kindDoing(this.kind)}: ${STAGE_WORDS[stage] ?? stage}${quarter ? `, ${quarter} %` : ''}`;
  }

  render() {
    const job = this.job;
    if (!job) return nothing;
    const progress = this.progress;
    const stage = progress?.stage || 'connect';
    const total = progress?.total ?? 0;
    const isWaiting = job.state === 'queued';
    return html`<section class="work" id="work" aria-label="Work under way">
      <header class="work-head">
        <h3>${isWaiting ? 'Waiting for its turn' : kindDoing(this.kind)}</h3>
        ${job.name ? html`<span class="faint">${job.name}</span>` : nothing}
        <button
          type="button"
          id="cancel"
          @click=${() => this.want('cancel', { board: job.board, job: job.id })}
        >
          Cancel
        </button>
      </header>
      ${this.stages(stage)}
      ${
        this.manual
          ? html`<p class="notice act" role="alert"><strong>At the bench:</strong> ${this.manual}</p>`
          : nothing
      }
      ${this.bar(progress?.done ?? 0, total)}
      ${this.figures(progress?.done ?? 0, total)}
      <p class="visually-hidden" role="status">${this.spoken()}</p>
    </section>`;
  }
}
customElements.define('job-progress', JobProgress);
