// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { choiceOf, ENTRIES, isGrave, isMeant, OPTIONS, optionWords, unusual } from './options.js';

/** How firmware is written, folded away until it is wanted. Emits "options". */
class FlashOptions extends Element {
  static properties = { options: {}, place: {}, keys: {}, remembered: {} };

  constructor() {
    super();
    /** @type {Record<string, any>} */
    this.options = {};
    /** For the ids: there may be one by the drop zone and one in a plan. */
    this.place = 'drop';
    /** Of the options, only these; null: all. @type {string[] | null} */
    this.keys = null;
    this.remembered = 'Remembered for this board in this browser.';
  }

  get offered() {
    return OPTIONS.filter(({ key }) => !this.keys || this.keys.includes(key));
  }

  /** @param {Record<string, any>} change */
  choose(change) {
    const { address, force } = this.options;
    const next = unusual({ ...this.options, ...change });
    this.emit('options', {
      options: { ...next, ...(address && { address }), ...(force && { force }) },
    });
  }

  /** @param {import('./options.js').Option} option */
  option(option) {
    const chosen = choiceOf(option, this.options);
    const id = `${this.place}-${option.key}`;
    return html`<div class="option">
      <label for=${id}>${option.label}</label>
      <select
        id=${id}
        aria-describedby="${id}-help"
        @change=${(/** @type {any} */ event) => this.choose({ [option.key]: event.target.value })}
      >
        ${option.choices.map(
          ({ value, label }) =>
            html`<option value=${value} .selected=${value === chosen.value}>${label}</option>`,
        )}
      </select>
      <p class="option-help ${chosen.isGrave ? 'warn-text' : ''}" id="${id}-help">${chosen.help}</p>
    </div>`;
  }

  /** @param {import('./options.js').Entry} entry */
  entry({ key, label, help, type = 'text' }) {
    const id = `${this.place}-${key}`;
    return html`<div class="option">
      <label for=${id}>${label}</label>
      <input
        id=${id}
        type=${type}
        min=${type === 'number' ? 1 : nothing}
        max=${type === 'number' ? 3600 : nothing}
        maxlength="1024"
        spellcheck="false"
        autocomplete="off"
        aria-describedby="${id}-help"
        .value=${this.options[key] ?? ''}
        ?disabled=${!isMeant(key, this.options)}
        @change=${(/** @type {any} */ event) => this.choose({ [key]: event.target.value })}
      />
      <p class="option-help" id="${id}-help">${help}</p>
    </div>`;
  }

  render() {
    const words = optionWords(this.options);
    return html`<details class="choices" id="${this.place}-options">
      <summary>
        Options${
          words
            ? html` <span class="choices-now ${isGrave(this.options) ? 'warn-text' : ''}">${words}</span>`
            : nothing
        }
      </summary>
      <div class="options">${this.offered.map((option) => this.option(option))}${ENTRIES.map((entry) => this.entry(entry))}</div>
      <p class="options-foot">
        <span>${this.remembered}</span>
        <button
          type="button"
          class="small quiet"
          ?disabled=${!words}
          @click=${() => this.choose(Object.fromEntries([...OPTIONS.map(({ key, choices }) => [key, choices[0].value]), ...ENTRIES.map(({ key }) => [key, ''])]))}
        >
          As usual
        </button>
      </p>
    </details>`;
  }
}
customElements.define('flash-options', FlashOptions);
