// SPDX-License-Identifier: MIT
import { html, svg } from 'lit';
import { Element } from './element.js';
import { runsOf } from './map-layout.js';

/** The sector map in one line, for a card. */
class SectorStrip extends Element {
  static properties = { sectors: {}, marks: {} };

  constructor() {
    super();
    /** @type {import('./types.js').Sector[]} */
    this.sectors = [];
    /** @type {Record<number, import('./types.js').SectorMark>} */
    this.marks = {};
  }

  render() {
    return html`<svg class="strip" focusable="false" aria-hidden="true">
      ${runsOf(this.sectors, this.marks).map(
        (run) => svg`<rect class="sector sector-${run.state}" x="${run.x}%" y="0"
          width="${run.width}%" height="100%"></rect>`,
      )}
    </svg>`;
  }
}
customElements.define('sector-strip', SectorStrip);
