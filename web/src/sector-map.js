// SPDX-License-Identifier: MIT
import { html, nothing, svg } from 'lit';
import { Element } from './element.js';
import { filled, layout, tally } from './map-layout.js';
import { hex, plural, size } from './words.js';

/** In the order of the legend. @type {[import('./types.js').SectorState, string][]} */
const LEGEND = [
  ['planned', 'to be changed'],
  ['erasing', 'being erased'],
  ['erased', 'erased'],
  ['writing', 'being written'],
  ['written', 'written'],
  ['verified', 'verified'],
  ['failed', 'failed'],
];
const WORDS = Object.fromEntries(LEGEND);

/** The part's flash drawn to scale; its sectors fill in as they are erased, written, verified. */
class SectorMap extends Element {
  static properties = { sectors: {}, marks: {}, planned: {} };

  constructor() {
    super();
    /** @type {import('./types.js').Sector[]} */
    this.sectors = [];
    /** @type {Record<number, import('./types.js').SectorMark>} */
    this.marks = {};
    /** Numbers of the sectors that a plan on show would erase. @type {Set<number>} */
    this.planned = new Set();
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

  /** @param {import('./map-layout.js').Cell} cell */
  cell(cell) {
    const { state, done } = this.markOf(cell.number);
    const part = state === 'writing' ? filled(cell, done ?? 0) : 1;
    const title = `Sector ${cell.number}: ${hex(cell.address)}, ${size(cell.length)}`;
    const x = `${cell.x}%`;
    return svg`<g>
      <title>${title}${WORDS[state] ? `, ${WORDS[state]}` : ''}</title>
      <rect class="sector sector-${state === 'writing' ? 'erased' : state}" x=${x} y="0"
        width="${cell.width}%" height="100%"></rect>
      ${
        state === 'writing'
          ? svg`<rect class="sector sector-writing" x=${x} y="0"
              width="${cell.width * part}%" height="100%"></rect>`
          : nothing
      }
      ${
        cell.width >= 12 && cell.from === 0
          ? svg`<text class="sector-name" x=${`${cell.x + cell.width / 2}%`} y="50%">${cell.number}</text>`
          : nothing
      }
    </g>`;
  }

  /** Many sectors: low rows; very many: no room for a line between them. */
  get look() {
    if (this.rows.length <= 8) return '';
    return this.rows[0].cells.length > 64 ? 'map-dense map-fine' : 'map-dense';
  }

  counts() {
    const marks = Object.fromEntries(
      this.sectors.map(({ number }) => [number, this.markOf(number)]),
    );
    return tally(marks);
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
      <div class="map-rows" aria-hidden="true">
        ${this.rows.map(
          (row) => html`<div class="map-row">
            <code>${hex(row.address)}</code>
            <svg class="map-strip" focusable="false">${row.cells.map((cell) => this.cell(cell))}</svg>
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
        </ul>
        <span class="visually-hidden">${this.summary(counts)}</span>
        <span class="faint">${plural(this.sectors.length, 'sector')}, drawn to scale</span>
      </figcaption>
    </figure>`;
  }
}
customElements.define('sector-map', SectorMap);
