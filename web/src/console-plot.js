// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import uPlot from 'uplot';
import { Element } from './element.js';
import { PlotData } from './plot-data.js';

const DRAW_MS = 100;
const WINDOWS = [
  [10, '10 s'],
  [60, '1 min'],
  [300, '5 min'],
  [0, 'all'],
];
const COLOURS = 8;

/** @param {Element} element @param {string} name */
const variable = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

/** Draws the numbers of the lines that a board prints. Takes bytes past the state, as a terminal does. */
class ConsolePlot extends Element {
  static properties = {
    name: {},
    isPaused: { state: true },
    seconds: { state: true },
    ownScales: { state: true },
    names: { state: true },
    hidden_: { state: true },
  };

  constructor() {
    super();
    /** Of the file. */
    this.name = '';
    this.isPaused = false;
    this.seconds = 60;
    this.ownScales = false;
    /** @type {string[]} */
    this.names = [];
    /** Columns that are not drawn. @type {Set<string>} */
    this.hidden_ = new Set();
    this.data = new PlotData();
    /** @type {uPlot | null} */
    this.plot = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.rebuild = () => this.build();
    this.observer = new ResizeObserver(() => this.fit());
  }

  connectedCallback() {
    super.connectedCallback();
    this.dark.addEventListener('change', this.rebuild);
  }

  firstUpdated() {
    this.observer.observe(this.host);
    this.build();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.dark.removeEventListener('change', this.rebuild);
    this.observer.disconnect();
    clearTimeout(this.timer);
    this.plot?.destroy();
    this.plot = null;
  }

  get host() {
    return /** @type {HTMLElement} */ (this.querySelector('.plot-area'));
  }

  /** @param {Uint8Array} bytes @param {number} time in seconds */
  feed(bytes, time) {
    this.data.feed(bytes, time);
    if (!this.isPaused) this.timer ??= setTimeout(() => this.draw(), DRAW_MS);
  }

  gap() {
    this.data.gap();
  }

  clear() {
    this.data.clear();
    this.draw();
  }

  draw() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const names = this.data.names;
    if (names.join() !== this.names.join()) {
      this.names = names;
      this.build();
    } else {
      this.plot?.setData(/** @type {uPlot.AlignedData} */ (this.data.window(this.seconds)));
      this.requestUpdate(); // the last values
    }
  }

  /** @param {number} i */
  scaleOf(i) {
    return this.ownScales ? `y${i}` : 'y';
  }

  build() {
    this.plot?.destroy();
    this.plot = null;
    if (!this.isConnected || !this.hasUpdated) return;
    const { names, host } = this;
    const shown = names.filter((one) => !this.hidden_.has(one));
    const axis = {
      stroke: variable(this, '--faint'),
      grid: { stroke: variable(this, '--line'), width: 1 },
      ticks: { stroke: variable(this, '--line'), width: 1 },
      font: `12px ${variable(this, '--font')}`,
    };
    const series = names.map((label, i) => ({
      label,
      show: !this.hidden_.has(label),
      scale: this.scaleOf(i),
      stroke: variable(this, `--plot-${(i % COLOURS) + 1}`),
      width: 1.5,
      spanGaps: true,
    }));
    const scales = this.ownScales ? shown : shown.slice(0, 1);
    const axes = scales.slice(0, 4).map((label, i) => ({
      ...axis,
      scale: this.scaleOf(names.indexOf(label)),
      stroke: this.ownScales ? series[names.indexOf(label)].stroke : axis.stroke,
      side: this.ownScales && i % 2 ? 1 : 3,
      grid: i ? { show: false } : axis.grid,
      size: 56,
    }));
    this.plot = new uPlot(
      {
        width: Math.max(120, host.clientWidth),
        height: Math.max(120, host.clientHeight),
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: { x: { time: true } },
        series: [{}, ...series],
        axes: [axis, ...axes],
      },
      /** @type {uPlot.AlignedData} */ (this.data.window(this.seconds)),
      host,
    );
  }

  fit() {
    const { clientWidth, clientHeight } = this.host;
    if (!clientWidth || !clientHeight) return;
    this.plot?.setSize({ width: clientWidth, height: clientHeight });
  }

  pause() {
    this.isPaused = !this.isPaused;
    if (!this.isPaused) this.draw();
  }

  /** @param {any} event */
  chooseWindow(event) {
    this.seconds = Number(event.target.value);
    this.draw();
  }

  /** @param {any} event */
  chooseScales(event) {
    this.ownScales = event.target.checked;
    this.build();
  }

  /** @param {string} name */
  toggle(name) {
    const next = new Set(this.hidden_);
    if (!next.delete(name)) next.add(name);
    this.hidden_ = next;
    this.build();
  }

  csv() {
    const blob = new Blob([this.data.csv(this.seconds)], { type: 'text/csv' });
    this.emit('save', { name: `${this.name}-plot.csv`, blob });
  }

  /** @param {string} name */
  last(name) {
    const values = this.data.columns.get(name) ?? [];
    for (let i = values.length; i > 0; i--) if (values[i - 1] !== null) return values[i - 1];
    return '';
  }

  render() {
    return html`<div class="plot">
      <div class="plot-area" role="img" aria-label=${this.names.length ? `A plot of ${this.names.join(', ')} over time` : 'An empty plot'}></div>
      ${
        this.names.length
          ? nothing
          : html`<p class="plot-empty">No numbers yet. Lines such as <code>speed:1.2 left:3</code> or <code>1.2,3.4</code> are drawn as they come.</p>`
      }
    </div>
    <div class="plot-tools">
      <ul class="plot-legend" aria-label="Lines of the plot">
        ${this.names.map(
          (name, i) => html`<li><label class="plot-key plot-key-${(i % COLOURS) + 1}">
          <input type="checkbox" ?checked=${!this.hidden_.has(name)} @change=${() => this.toggle(name)} />
          <i class="plot-swatch"></i><span>${name}</span> <b class="mono">${this.last(name)}</b></label></li>`,
        )}
      </ul>
      <button type="button" class="small" id="plot-pause" aria-pressed=${this.isPaused} @click=${this.pause}>${this.isPaused ? 'Go on' : 'Hold'}</button>
      <label class="visually-hidden" for="plot-window">Time shown</label>
      <select id="plot-window" class="small" @change=${this.chooseWindow}>
        ${WINDOWS.map(([seconds, word]) => html`<option value=${seconds} ?selected=${this.seconds === seconds}>${word}</option>`)}
      </select>
      <label class="check"><input type="checkbox" id="plot-scales" ?checked=${this.ownScales} @change=${this.chooseScales} />a scale each</label>
      <button type="button" class="small" id="plot-csv" ?disabled=${!this.names.length} @click=${this.csv}>CSV</button>
    </div>`;
  }
}
customElements.define('console-plot', ConsolePlot);
