// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';

/** @type {Record<string, string>} */
const STEPS = {
  port: 'The port',
  listen: 'The application',
  restart: 'Into the bootloader',
  hold: 'Reset held',
  sync: 'The first byte, 7F',
  commands: 'The first command',
  rates: 'Lower rates',
  identify: 'Who it is',
};
/** Those that a person need do nothing about. */
const GOOD = new Set(['fine', 'in_sync']);
const WORKS = new Set(['slow_adapter', 'write_protected', 'read_protected']);
/** Where another wiring may be the cure. */
const WIRING = new Set(['reset_does_nothing', 'application_talks', 'no_reset', 'silent']);

/**
 * What the doctor did so far, or found: steps, the verdict, what to try next.
 * Emits "dismiss", and wants "doctor" and "probe".
 */
class DoctorReport extends Element {
  static properties = { job: {}, steps: {}, limit: {} };

  constructor() {
    super();
    /** @type {import('./types.js').Job | null} */
    this.job = null;
    /** While it runs. @type {import('./types.js').DoctorStep[]} */
    this.steps = [];
    this.limit = '';
  }

  /** @param {import('./types.js').DoctorStep[]} steps @param {boolean} isRunning */
  list(steps, isRunning) {
    return html`<ol class="visit" id="doctor-steps">
      ${steps.map(
        ({ step, ok, said }) => html`<li class=${ok ? 'visit-good' : 'visit-bad'}>
          <span class="visit-mark" aria-hidden="true">${ok ? '✓' : '✕'}</span>
          <span><b>${STEPS[step] ?? step}</b> <span class="visually-hidden">${ok ? 'good' : 'not good'}:</span> ${said}</span>
        </li>`,
      )}
      ${isRunning ? html`<li class="visit-now"><span class="visit-mark" aria-hidden="true"></span><span class="faint">Listening…</span></li>` : nothing}
    </ol>`;
  }

  /** @param {any} result */
  ways(result) {
    const board = this.job?.board;
    return html`<div class="buttons">
      ${
        this.limit
          ? nothing
          : html`<button type="button" id="doctor-again" @click=${() => this.want('doctor', { board })}>Look again</button>`
      }
      ${
        WIRING.has(result.verdict) && !this.limit
          ? html`<button type="button" id="doctor-probe" @click=${() => this.want('probe', { board })}>Find the wiring</button>`
          : nothing
      }
      <button type="button" class="quiet" id="dismiss" @click=${() => this.emit('dismiss')}>Dismiss</button>
    </div>`;
  }

  render() {
    const result = this.job?.result;
    if (!result?.verdict) return this.list(this.steps, true);
    const tone = GOOD.has(result.verdict) ? 'good' : WORKS.has(result.verdict) ? 'warn' : 'bad';
    return html`<section class="outcome outcome-${tone}" id="verdict" role="status" data-verdict=${result.verdict}>
      <h3>${result.title}</h3>
      <p>${result.detail}</p>
      ${
        result.verdict === 'fine'
          ? nothing
          : html`<h4>What to try</h4>
        <ol class="tries">${result.try.map((/** @type {string} */ text) => html`<li>${text}</li>`)}</ol>`
      }
      <h4>What was looked at</h4>
      ${this.list(result.steps, false)}
      ${result.seen ? html`<p class="seen"><span class="faint">What came:</span> <code>${result.seen}</code></p>` : nothing}
      ${this.ways(result)}
    </section>`;
  }
}
customElements.define('doctor-report', DoctorReport);
