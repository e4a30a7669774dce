// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { bytes, duration, hex, plural, size } from './words.js';

/** @typedef {{start: number, end: number, first?: number, last?: number}} Run */

/** Neighbouring ranges as one. @param {import('./types.js').Range[]} ranges @returns {Run[]} */
export function merged(ranges) {
  /** @type {Run[]} */
  const runs = [];
  for (const { address, length, sector } of ranges) {
    const start = Number(address);
    const before = runs[runs.length - 1];
    if (before && before.end === start) {
      before.end = start + length;
      before.last = sector ?? before.last;
    } else runs.push({ start, end: start + length, first: sector, last: sector });
  }
  return runs;
}

/** @param {Run} run */
function sectorWords(run) {
  if (run.first === undefined) return '';
  return run.first === run.last ? `sector ${run.first}` : `sectors ${run.first} to ${run.last}`;
}

/** @param {import('./types.js').Range[]} ranges */
const sum = (ranges) => ranges.reduce((total, range) => total + range.length, 0);

/** What will be done, before it is done. Emits "confirm", "options" and "forget". */
class FlashPlan extends Element {
  static properties = { plan: {}, name: {}, image: {}, device: {}, options: {}, isWaiting: {} };

  constructor() {
    super();
    /** @type {import('./types.js').Plan | null} */
    this.plan = null;
    this.name = '';
    /** @type {import('./types.js').Job['image']} */
    this.image = null;
    /** @type {import('./types.js').Device | null} */
    this.device = null;
    /** @type {Record<string, any>} */
    this.options = {};
    this.isWaiting = false;
  }

  /** @param {string} title @param {import('./types.js').Range[]} ranges @param {string} none */
  ranges(title, ranges, none) {
    const runs = merged(ranges);
    return html`<div class="plan-part">
      <h3>${title}</h3>
      ${runs.length === 0 ? html`<p>${none}</p>` : nothing}
      <ul>
        ${runs.slice(0, 6).map(
          (run) => html`<li>
            <code>${hex(run.start)}–${hex(run.end - 1)}</code>
            <span>${size(run.end - run.start)}</span>
            <span class="faint">${sectorWords(run)}</span>
          </li>`,
        )}
        ${runs.length > 6 ? html`<li class="faint">and ${runs.length - 6} more</li>` : nothing}
      </ul>
    </div>`;
  }

  /** @param {string} term @param {unknown} value @param {unknown} more */
  figure(term, value, more) {
    return html`<div><dt>${term}</dt><dd><b>${value}</b> <span class="faint">${more}</span></dd></div>`;
  }

  /** @param {import('./types.js').Plan} plan */
  figures(plan) {
    const { length: sectors } = plan.erase;
    const written = sum(plan.write);
    const left = plan.skipped_bytes;
    return html`<dl class="plan-figures">
      ${this.figure('Erase', sectors ? plural(sectors, 'sector') : 'nothing', sectors ? size(sum(plan.erase)) : '')}
      ${this.figure('Write', written ? size(written) : 'nothing', written >= 1024 ? bytes(written) : '')}
      ${left ? this.figure('Not sent', size(left), 'blank, or there already') : nothing}
      ${this.figure('Takes', `about ${duration(plan.estimated_seconds)}`, '')}
    </dl>`;
  }

  render() {
    const plan = this.plan;
    if (!plan) return nothing;
    return html`<section class="plan" id="plan" aria-label="What will happen">
      <p class="plan-summary">
        <strong class="plan-name">${this.name}</strong>
        ${this.image ? html`<span class="tag">${this.image.format}</span>` : nothing}
        <span class="plan-what">What will happen</span>
      </p>
      ${this.figures(plan)}
      ${(plan.warnings ?? []).map((text) => html`<p class="notice warn">${text}</p>`)}
      <div class="plan-parts">
        ${this.ranges('Erase', plan.erase, 'Nothing')} ${this.ranges('Write', plan.write, 'Nothing')}
      </div>
      ${this.choices()}
      <div class="buttons">
        <button
          type="button"
          class="primary"
          id="confirm"
          ?disabled=${this.isWaiting}
          @click=${() => this.emit('confirm')}
        >
          Flash now
        </button>
        <button type="button" @click=${() => this.emit('compare')}>Only compare</button>
        <button type="button" class="quiet" @click=${() => this.emit('forget')}>Put it away</button>
      </div>
    </section>`;
  }

  choices() {
    return html`${this.image?.format === 'bin' ? this.address() : nothing}
      <flash-options place="plan" .options=${this.options}></flash-options>`;
  }

  address() {
    return html`<label class="field plan-address">
      <span>Address of this raw binary</span>
      <input
        type="text"
        .value=${this.options.address ?? '0x08000000'}
        pattern="0[xX][0-9a-fA-F]{1,8}|[0-9]+"
        spellcheck="false"
        @change=${(/** @type {any} */ event) =>
          event.target.reportValidity() &&
          this.emit('options', { options: { ...this.options, address: event.target.value } })}
      />
    </label>`;
  }
}
customElements.define('flash-plan', FlashPlan);
