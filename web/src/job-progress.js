// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import './bench-steps.js';
import './doctor-report.js';
import { Element } from './element.js';
import './probe-report.js';
import { duration, kindDoing, kindOf, percent, size, stagesOf, stageWord } from './words.js';

/** The last ones say what there is to know of a bad cable. */
const MENDED_SHOWN = 20;

/** A job under way: its stages, how far it is, and a way to stop it. */
class JobProgress extends Element {
  static properties = {
    job: {},
    progress: {},
    manual: {},
    limit: {},
    recoveries: {},
    steps: {},
    tried: {},
  };

  constructor() {
    super();
    /** @type {import('./types.js').Job | null} */
    this.job = null;
    /** @type {import('./types.js').Progress | null} */
    this.progress = null;
    /** @type {import('./types.js').AtTheBench | null} */
    this.manual = null;
    this.limit = '';
    /** @type {import('./types.js').Recovery[]} */
    this.recoveries = [];
    /** Of the doctor. @type {import('./types.js').DoctorStep[]} */
    this.steps = [];
    /** Of the probe. @type {import('./types.js').Tried[]} */
    this.tried = [];
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
          ${stageWord(one)}
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
      <span class="figure-main">${total ? percent(done, total) : '\u00a0'}</span>
      <span>${total ? `${size(done)} of ${size(total)}` : nothing}</span>
      <span>${rate ? `${size(rate)}/s` : nothing}</span>
      <span>${left !== undefined && left !== null ? `${duration(left)} left` : nothing}</span>
    </p>`;
  }

  /** The doctor and the probe tell what they do; the others how far they are. */
  course() {
    const { done = 0, total = 0 } = this.progress ?? {};
    if (this.kind === 'doctor')
      return html`${this.bar(done, total)}<doctor-report .steps=${this.steps}></doctor-report>`;
    if (this.kind === 'probe')
      return html`${this.bar(done, total)}<probe-report .tried=${this.tried}></probe-report>`;
    return html`${this.bar(done, total)} ${this.figures(done, total)}`;
  }

  /** What went wrong and was mended, the last one in words. */
  mended() {
    const count = this.recoveries.length;
    if (!count) return nothing;
    return html`<details class="mended" id="mended">
      <summary>
        <span class="mended-mark" aria-hidden="true">↻</span>
        <span>${this.recoveries[count - 1].text}</span>
        ${count > 1 ? html`<span class="tag">${count}</span>` : nothing}
      </summary>
      <ol>${this.recoveries.slice(-MENDED_SHOWN).map(({ text }) => html`<li>${text}</li>`)}</ol>
    </details>`;
  }

  /** For a screen reader: a sentence a stage, not one a block. @param {string} stage */
  spoken(stage) {
    return `${kindDoing(this.kind)}: ${stageWord(stage)}`;
  }

  render() {
    const job = this.job;
    if (!job) return nothing;
    const progress = this.progress;
    const stage = progress?.stage || 'connect';
    const isWaiting = job.state === 'queued';
    return html`<section class="work" id="work" aria-label="Work under way">
      <header class="work-head">
        <h3>${isWaiting ? 'Waiting for its turn' : kindDoing(this.kind)}</h3>
        ${job.name ? html`<span class="faint">${job.name}</span>` : nothing}
        <button
          type="button"
          id="cancel"
          title=${this.limit || nothing}
          ?disabled=${this.limit !== ''}
          @click=${() => this.want('cancel', { board: job.board, job: job.id })}
        >
          Cancel
        </button>
      </header>
      ${this.kind === 'doctor' || this.kind === 'probe' ? nothing : this.stages(stage)}
      ${this.manual ? html`<bench-steps .task=${this.manual}></bench-steps>` : this.course()}
      ${this.mended()}
      <p class="visually-hidden" role="status">${this.spoken(stage)}</p>
    </section>`;
  }
}
customElements.define('job-progress', JobProgress);
