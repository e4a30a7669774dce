// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import './bench-steps.js';
import './doctor-report.js';
import { Element } from './element.js';
import { expectedPart } from './job-expected.js';
import './probe-report.js';
import { isOfConnection, isWorthAgain } from './problems.js';
import { achieved, kindName, kindOf, linkWords, mended, outcomeWord } from './words.js';

/** @param {string | undefined} type */
const problemPage = (type) => (type?.startsWith('/problems/') ? type.slice(1) : '');

/** A problem in plain words. @param {import('./types.js').ProblemBody} problem */
export function problemWords(problem) {
  const page = problemPage(problem.type);
  const more = page
    ? html` <a href=${page} target="_blank" rel="noopener">What this means</a>`
    : nothing;
  return html`<p class="problem-detail">${problem.detail ?? ''}${more}</p>`;
}

/** What was mended, and what the line was like when there was something. @param {import('./types.js').Job} job */
export function mendedWords(job) {
  const words = mended(job.result?.recoveries);
  if (!words) return nothing;
  const link = linkWords(job.result);
  return html`<p class="mended-words">
    <span class="mended-mark" aria-hidden="true">↻</span> ${words}${link ? html` <span class="faint">${link}.</span>` : nothing}
  </p>`;
}

/** @param {import('./types.js').Job} job */
function title(job) {
  if (job.result?.match === false) return 'The content differs';
  return `${kindName(kindOf(job))}: ${outcomeWord(job.state).toLowerCase()}`;
}

/** @type {import('./types.js').AtTheBench} */
const PUT_BACK = { text: '', into: 'application', left_ms: null, isOver: true };
/** What the steps say already. */
const BY_HAND = /^BOOT0 still selects the bootloader/;

/** How something ended: a job, or a request that was refused. Emits "again", "anyway",
 * "doctor", "dismiss". */
class JobOutcome extends Element {
  static properties = { job: {}, problem: {}, warnings: {}, limit: {}, isByHand: {}, canUse: {} };

  constructor() {
    super();
    /** @type {import('./types.js').Job | null} */
    this.job = null;
    /** @type {import('./types.js').ProblemBody | null} */
    this.problem = null;
    /** @type {string[]} */
    this.warnings = [];
    this.limit = '';
    /** A person moves BOOT0: it still selects the bootloader after Go. */
    this.isByHand = false;
    /** The wiring that is found can be put into the board's settings from here. */
    this.canUse = false;
  }

  /** @param {import('./types.js').ProblemBody | null} problem */
  ways(problem) {
    return html`<div class="buttons">
      ${
        problem?.code === 'not_an_application' && !this.limit
          ? html`<button type="button" id="anyway" @click=${() => this.emit('anyway')}>Flash it anyway</button>`
          : nothing
      }
      ${
        isWorthAgain(problem, this.job?.kind === 'flash') && !this.limit
          ? html`<button type="button" id="again" @click=${() => this.emit('again')}>Try again</button>`
          : nothing
      }
      ${
        isOfConnection(problem) && !this.limit
          ? html`<button type="button" id="find-out" @click=${() => this.emit('doctor')}>Find out what is wrong</button>`
          : nothing
      }
      <button type="button" class="quiet" id="dismiss" @click=${() => this.emit('dismiss')}>Dismiss</button>
    </div>`;
  }

  render() {
    const job = this.job;
    const problem = this.problem ?? job?.error ?? null;
    if (!job && !problem) return nothing;
    if (problem)
      return html`<section class="outcome ${problem.code === 'cancelled' ? 'outcome-plain' : 'outcome-bad'}" id="outcome" role="alert">
        <h3>${problem.title}</h3>
        ${problemWords(problem)} ${job ? expectedPart(job) : nothing} ${job ? mendedWords(job) : nothing} ${this.ways(problem)}
      </section>`;
    if (!job) return nothing;
    if (job.kind === 'doctor')
      return html`<doctor-report .job=${job} .limit=${this.limit}></doctor-report>`;
    if (job.kind === 'probe')
      return html`<probe-report .job=${job} .limit=${this.limit} .canUse=${this.canUse}></probe-report>`;
    const isGood = job.state === 'done' && job.result?.match !== false;
    return html`<section class="outcome ${isGood ? 'outcome-good' : 'outcome-bad'}" id="outcome" role="status">
      <h3>${title(job)}</h3>
      <p>${job.name ? html`<strong>${job.name}</strong> ` : nothing}${achieved(job)}</p>
      ${expectedPart(job)} ${mendedWords(job)}
      ${this.isByHand && job.result?.started === 'go' ? html`<bench-steps .task=${PUT_BACK}></bench-steps>` : nothing}
      ${this.warnings.filter((text) => !this.isByHand || !BY_HAND.test(text)).map((text) => html`<p class="notice warn">${text}</p>`)}
      ${this.ways(null)}
    </section>`;
  }
}
customElements.define('job-outcome', JobOutcome);
