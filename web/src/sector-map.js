// SPDX-License-Identifier: MIT
import { html, nothing, svg } from 'lit';
import { Element } from './element.js';
import { filled, layout, spanIn, tally } from './map-layout.js';
import { hex, plural, size } from './words.js';

/** In the order of the legend. @type {[import('./types.js').SectorState, string][]} */
const LEGEND = [
  ['planned', 'to be changed'],
  ['erasing', 'being erased'],
  ['erased', 'erased'],
  ['writing', 'being written'],
  ['written', 'written'],
  ['verified', 'verified'],
  ['unchanged', 'there already'],
  ['failed', 'failed'],
  ['locked', 'write-protected'],
];
const WORDS = Object.fromEntries(LEGEND);

/** Stripes over what is in doubt, and so on; a style sheet cannot make them. */
const HATCH = html`<svg class="map-patterns" width="0" height="0" aria-hidden="true" focusable="false">
  <pattern id="unsure-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <rect class="hatch" width="1.5" height="6"></rect>
  </pattern>
  <pattern id="locked-pattern" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <rect class="locked-line" width="5" height="1.1"></rect><rect class="locked-line" width="1.1" height="5"></rect>
  </pattern>
  <pattern id="unchanged-pattern" width="6" height="6" patternUnits="userSpaceOnUse">
    <circle class="unchanged-dot" cx="3" cy="3" r="1"></circle>
  </pattern>
</svg>`;

/** The part's flash drawn to scale; its sectors fill in as they are erased, written, verified. */
class SectorMap extends Element {
  static properties = { sectors: {}, marks: {}, planned: {}, locked: {}, unsure: {} };

  constructor() {
    super();
    /** @type {import('./types.js').Sector[]} */
    this.sectors = [];
    /** @type {Record<number, import('./types.js').SectorMark>} */
    this.marks = {};
    /** Numbers of the sectors that a plan on show would erase. @type {Set<number>} */
    this.planned = new Set();
    /** Numbers of the write-protected ones, whatever was done to them. @type {Set<number>} */
    this.locked = new Set();
    /** What a cut-short job left in doubt. @type {{address?: string, length?: number} | null} */
    this.unsure = null;
    /** @type {import('./map-layout.js').Row[]} */
    this.rows = [];
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('sectors')) this.rows = layout(this.sectors);
  }

  /** @param {number} number @returns {import('./types.js').SectorMark} */
  markOf(number) {
    if (this.planned.has(number)) return { number, state: 'planned' };
    return this.marks[number] ?? { number, state: 'unknown' };
  }

  /** @param {number} number */
  isLocked(number) {
    return this.locked.has(number) || this.marks[number]?.state === 'locked';
  }

  /** The patterns over a sector. @param {number} number @param {string} state */
  patterns(number, state) {
    const names = state === 'unchanged' ? ['unchanged'] : [];
    return this.isLocked(number) ? [...names, 'locked'] : names;
  }

  /** @param {import('./map-layout.js').Cell} cell */
  cell(cell) {
    const { state, done } = this.markOf(cell.number);
    const part = state === 'writing' ? filled(cell, done ?? 0) : 1;
    const title = `Sector ${cell.number}: ${hex(cell.address)}, ${size(cell.length)}`;
    const x = `${cell.x}%`;
    return svg`<g>
      <title>${title}${WORDS[state] ? `, ${WORDS[state]}` : ''}${this.isLocked(cell.number) && state !== 'locked' ? `, ${WORDS.locked}` : ''}</title>
      <rect class="sector sector-${state === 'writing' ? 'erased' : state}" x=${x} y="0"
        width="${cell.width}%" height="100%"></rect>
      ${
        state === 'writing'
          ? svg`<rect class="sector sector-writing" x=${x} y="0"
              width="${cell.width * part}%" height="100%"></rect>`
          : nothing
      }
      ${this.patterns(cell.number, state).map(
        (name) =>
          svg`<rect x=${x} y="0" width="${cell.width}%" height="100%" fill="url(#${name}-pattern)"></rect>`,
      )}
      ${
        cell.width >= 12 && cell.from === 0
          ? svg`<text class="sector-name" x=${`${cell.x + cell.width / 2}%`} y="50%">${cell.number}</text>`
          : nothing
      }
    </g>`;
  }

  /** The range that is in doubt, as far as it lies in this row. @param {import('./map-layout.js').Row} row */
  doubt(row) {
    const span = this.unsure && spanIn(row, Number(this.unsure.address), this.unsure.length ?? 0);
    if (!span) return nothing;
    return svg`<rect class="sector-unsure" x="${span.x}%" y="0" width="${span.width}%" height="100%"
      fill="url(#unsure-hatch)"></rect>`;
  }

  /** Many sectors: low rows; very many: no room for a line between them. */
  get look() {
    if (this.rows.length <= 8) return '';
    return this.rows[0].cells.length > 64 ? 'map-dense map-fine' : 'map-dense';
  }

  /** @returns {Record<string, number>} */
  counts() {
    const marks = Object.fromEntries(
      this.sectors.map(({ number }) => [number, this.markOf(number)]),
    );
    const locked = this.sectors.filter(({ number }) => this.isLocked(number)).length;
    return { ...tally(marks), locked };
  }

  /** @param {Record<string, number>} counts */
  summary(counts) {
    const parts = LEGEND.filter(([state]) => counts[state]).map(
      ([state, text]) => `${counts[state]} ${text}`,
    );
    return `${plural(this.sectors.length, 'sector')}${parts.length ? `: ${parts.join(', ')}` : ', none touched since benchd started'}.`;
  }

  render() {
    if (this.rows.length === 0)
      return html`<p class="empty faint">
        The map shows once the part has been identified.
      </p>`;
    const counts = this.counts();
    return html`<figure class="map ${this.look}" id="sector-map">
      ${HATCH}
      <div class="map-rows" aria-hidden="true">
        ${this.rows.map(
          (row) => html`<div class="map-row">
            <code>${hex(row.address)}</code>
            <svg class="map-strip" focusable="false">${row.cells.map((cell) => this.cell(cell))}${this.doubt(row)}</svg>
          </div>`,
        )}
      </div>
      <figcaption>
        <ul class="legend">
          ${LEGEND.filter(([state]) => counts[state]).map(
            ([state, text]) => html`<li>
              <i class="swatch swatch-${state}"></i>${text} <b>${counts[state]}</b>
            </li>`,
          )}
          ${this.unsure?.length ? html`<li><i class="swatch swatch-unsure"></i>in doubt <b>${size(this.unsure.length)}</b></li>` : nothing}
        </ul>
        <span class="visually-hidden">${this.summary(counts)}</span>
        <span class="faint">${plural(this.sectors.length, 'sector')}, drawn to scale</span>
      </figcaption>
    </figure>`;
  }
}
customElements.define('sector-map', SectorMap);
