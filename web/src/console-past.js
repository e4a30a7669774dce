// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { chunksOf, hexOf, lineAt, linesOf } from './past-lines.js';

/** @typedef {{at: number | null, stream: string, text: string}} Past a part of the past: NDJSON; at: the place that was asked for */

/** "10:00:01.123", local. @param {string} time */
function timeOfDay(time) {
  const date = new Date(time);
  const clock = date.toLocaleTimeString('en-GB');
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** A part of a console's past: lines with their times, or bytes in hex. Emits "copy-place". */
class ConsolePast extends Element {
  static properties = { past: {}, isHex: {} };

  constructor() {
    super();
    /** @type {Past | null} */
    this.past = null;
    this.isHex = false;
    this.isAtEnd = true;
    this.shownAt = '';
    /** @type {import('./past-lines.js').Line[]} */
    this.lines = [];
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('past') && !changed.has('isHex')) return;
    const chunks = chunksOf(this.past?.text ?? '');
    this.lines = this.isHex ? hexOf(chunks) : linesOf(chunks);
  }

  /** To the place that was asked for, once; else to the end, for who was there. */
  updated() {
    const box = /** @type {HTMLElement} */ (this.querySelector('.past'));
    const at = this.past?.at ?? null;
    const shown = `${this.past?.stream} ${at} ${this.isHex}`;
    if (at !== null && this.past?.text && shown !== this.shownAt)
      this.querySelector('.past-here')?.scrollIntoView({ block: 'center' });
    else if (at === null && (this.isAtEnd || shown !== this.shownAt))
      box.scrollTop = box.scrollHeight;
    if (this.past?.text && shown !== this.shownAt) box.scrollLeft = 0;
    if (this.past?.text) this.shownAt = shown;
  }

  /** @param {any} event */
  scrolled({ target }) {
    this.isAtEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 24;
  }

  /** @param {import('./past-lines.js').Line} line @param {boolean} isHere */
  row(line, isHere) {
    const label = this.isHex ? line.offset.toString(16).padStart(8, '0') : timeOfDay(line.time);
    return html`<p class=${isHere ? 'past-here' : ''}><button type="button" class="past-stamp" tabindex="-1"
      title="Offset ${line.offset}, ${new Date(line.time).toLocaleString()}: copy a link to this place"
      @click=${() => this.emit('copy-place', { offset: line.offset })}>${label}</button>${line.text}</p>`;
  }

  render() {
    const { lines } = this;
    const here = this.past?.at == null ? -1 : lineAt(lines, this.past.at);
    return html`<div class="past ${this.isHex ? 'past-hex' : ''}" tabindex="0" role="region"
      aria-label=${this.isHex ? 'Console output in hex' : 'Console output with times'} @scroll=${this.scrolled}>
      ${lines.map((line, i) => this.row(line, i === here))}
      ${this.past?.text === '' ? html`<p class="past-none">Nothing is held here.</p>` : nothing}
    </div>`;
  }
}
customElements.define('console-past', ConsolePast);
