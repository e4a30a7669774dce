// SPDX-License-Identifier: MIT
import { html, svg } from 'lit';
import { Element } from './element.js';
import { layout } from './map-layout.js';
import { hex, size } from './words.js';

/** Sectors chosen by pointing; the field beside it is for the keyboard. Emits "pick". */
class SectorPicker extends Element {
  static properties = { sectors: {}, chosen: {} };

  constructor() {
    super();
    /** @type {import('./types.js').Sector[]} */
    this.sectors = [];
    /** @type {Set<number>} */
    this.chosen = new Set();
    /** What dragging does to each sector that it crosses; null: no drag. @type {boolean | null} */
    this.sets = null;
  }

  /** @param {number} number @param {boolean} on */
  put(number, on) {
    const sectors = new Set(this.chosen);
    if (on) sectors.add(number);
    else sectors.delete(number);
    this.chosen = sectors;
    this.emit('pick', { sectors });
  }

  /** @param {PointerEvent} event @param {number} number */
  press(event, number) {
    /** @type {Element} */ (event.target).releasePointerCapture?.(event.pointerId);
    this.sets = !this.chosen.has(number);
    this.put(number, this.sets);
  }

  /** @param {PointerEvent} event @param {number} number */
  cross(event, number) {
    if (this.sets !== null && event.buttons && this.chosen.has(number) !== this.sets)
      this.put(number, this.sets);
  }

  /** @param {import('./map-layout.js').Cell} cell */
  cell({ number, address, length, x, width }) {
    return svg`<rect class="sector ${this.chosen.has(number) ? 'sector-locked' : ''}" x="${x}%" y="0" width="${width}%" height="100%"
      @pointerdown=${(/** @type {PointerEvent} */ event) => this.press(event, number)}
      @pointerenter=${(/** @type {PointerEvent} */ event) => this.cross(event, number)}
      ><title>Sector ${number}: ${hex(address)}, ${size(length)}</title></rect>`;
  }

  render() {
    return html`<div class="picker" aria-hidden="true" @pointerup=${() => {
      this.sets = null;
    }}>
      ${layout(this.sectors).map(
        (row) =>
          html`<svg class="map-strip" focusable="false">${row.cells.map((cell) => this.cell(cell))}</svg>`,
      )}
    </div>`;
  }
}
customElements.define('sector-picker', SectorPicker);
