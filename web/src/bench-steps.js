// SPDX-License-Identifier: MIT
import { html, nothing, svg } from 'lit';
import { Element } from './element.js';

/** What there is to do, by where the board should land. */
const TASKS = {
  bootloader: {
    title: 'Start the bootloader by hand',
    level: 1,
    jumper: 'Set BOOT0 to 1',
    end: 'It goes on by itself as soon as the bootloader answers.',
  },
  application: {
    title: 'Start the program by hand',
    level: 0,
    jumper: 'Set BOOT0 back to 0',
    end: 'It goes on by itself as soon as the program speaks.',
  },
};
/** Not waited for: the program runs already. */
const AFTERWARDS =
  'The program runs already: the bootloader has started it. Without this the next reset lands in the bootloader again.';

/** The jumper's three pins, its cap on those that give this level. @param {number} level */
const jumper = (level) => svg`
  <text x="16" y="11">0</text><text x="64" y="11">1</text>
  <rect class="cap" x=${level ? 29 : 5} y="17" width="46" height="22" rx="5" />
  ${[16, 40, 64].map((x) => svg`<circle class="pin" cx=${x} cy="28" r="5" />`)}`;

const button = svg`
  <rect class="body" x="18" y="6" width="44" height="34" rx="5" />
  <circle class="ring" cx="40" cy="23" r="15" /><circle class="cap" cx="40" cy="23" r="9" />`;

/** Jumper and reset button: what a person has to do, and that it is noticed. */
class BenchSteps extends Element {
  static properties = { task: {}, left: { state: true } };

  constructor() {
    super();
    /** left_ms null: nobody waits. @type {import('./types.js').AtTheBench | null} */
    this.task = null;
    /** @type {number | null} seconds */
    this.left = null;
    this.end = 0;
    this.timer = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.timer = window.setInterval(() => this.count(), 500);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('task')) return;
    this.end = performance.now() + (this.task?.left_ms ?? 0);
    this.count();
  }

  count() {
    const isWaited = this.task !== null && this.task.left_ms !== null;
    this.left = isWaited ? Math.max(0, Math.ceil((this.end - performance.now()) / 1000)) : null;
  }

  /** @param {ReturnType<typeof svg>} drawing @param {string} text */
  step(drawing, text) {
    return html`<li>
      <svg viewBox="0 0 80 44" aria-hidden="true">${drawing}</svg>
      <span>${text}</span>
    </li>`;
  }

  /** The seconds are not read out: they would never end. */
  waiting() {
    const total = (this.task?.left_ms ?? 0) / 1000;
    if (this.left === null) return nothing;
    return html`<div class="bench-left" aria-hidden="true">
      <progress max=${total} .value=${Math.min(this.left, total)}></progress>
      <span class="mono">${this.left} s</span>
    </div>`;
  }

  render() {
    if (!this.task) return nothing;
    const { title, level, jumper: set, end } = TASKS[this.task.into];
    const { isOver } = this.task;
    return html`<section class="act bench-steps" role="status" aria-label="At the bench">
      <h4>${isOver ? 'Put BOOT0 back' : title}</h4>
      <ol>
        ${this.step(jumper(level), set)} ${this.step(button, 'Press reset')}
      </ol>
      <p class="faint">${isOver ? AFTERWARDS : end}</p>
      ${this.waiting()}
    </section>`;
  }
}
customElements.define('bench-steps', BenchSteps);
