// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { ago, size } from './words.js';

/** Where firmware comes in: dropped, picked, or taken from the shelf. Emits "firmware". */
class DropZone extends Element {
  static properties = {
    shelf: {},
    isDisabled: {},
    limit: {},
    atOnce: {},
    options: {},
    isOver: { state: true },
  };

  constructor() {
    super();
    /** @type {import('./types.js').Firmware[]} */
    this.shelf = [];
    this.isDisabled = false;
    this.limit = '';
    /** null: that is not asked here. @type {boolean | null} */
    this.atOnce = false;
    /** null: they are chosen elsewhere. @type {Record<string, any> | null} */
    this.options = {};
    this.isOver = false;
  }

  /** @param {File | import('./types.js').Firmware | undefined} firmware */
  give(firmware) {
    if (firmware && !this.isDisabled) this.emit('firmware', { firmware });
  }

  /** @param {DragEvent} event */
  drop(event) {
    event.preventDefault();
    this.isOver = false;
    this.give(event.dataTransfer?.files[0]);
  }

  /** @param {DragEvent} event */
  over(event) {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = this.isDisabled ? 'none' : 'copy';
    this.isOver = !this.isDisabled;
  }

  /** @param {Event} event */
  pick(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    this.give(input.files?.[0]);
    input.value = '';
  }

  render() {
    if (this.limit) return html`<p class="faint">Flashing needs a token with the role “flash”.</p>`;
    return html`<div
        class="drop ${this.isOver ? 'drop-over' : ''}"
        id="drop"
        @dragover=${this.over}
        @dragleave=${() => {
          this.isOver = false;
        }}
        @drop=${this.drop}
      >
        <svg class="drop-icon" viewBox="0 0 48 48" aria-hidden="true">
          <path d="M24 6v22m-9-8 9 9 9-9" />
          <path d="M8 32v8a2 2 0 0 0 2 2h28a2 2 0 0 0 2-2v-8" />
        </svg>
        <p class="drop-title">Drop firmware here</p>
        <p class="faint">.bin .hex .srec .elf .dfu, told apart by what is in it</p>
        <label class="button primary" for="firmware-file">Choose a file</label>
        <input
          type="file"
          id="firmware-file"
          class="visually-hidden"
          ?disabled=${this.isDisabled}
          @change=${this.pick}
        />
        ${this.atOnce === null ? nothing : this.asked()}
      </div>
      ${this.options ? html`<flash-options place="drop" .options=${this.options}></flash-options>` : nothing}
      ${this.shelf.length ? this.recent() : nothing}`;
  }

  asked() {
    return html`<label class="check">
      <input
        type="checkbox"
        id="at-once"
        .checked=${this.atOnce}
        @change=${(/** @type {any} */ event) => this.emit('at-once', { on: event.target.checked })}
      />
      Flash at once, without showing the plan
    </label>`;
  }

  recent() {
    return html`<details class="shelf" open>
      <summary>Recent firmware</summary>
      <ul class="rows" id="shelf">
        ${this.shelf.map(
          (one) => html`<li>
            <button
              type="button"
              class="row-button"
              ?disabled=${this.isDisabled}
              @click=${() => this.give(one)}
            >
              <span class="row-main">${one.name ?? 'unnamed'}</span>
              <span class="row-side">${size(one.bytes)} · ${ago(one.used ?? one.added)}</span>
              <code class="row-side">${one.sha256.slice(0, 8)}</code>
            </button>
          </li>`,
        )}
      </ul>
    </details>`;
  }
}
customElements.define('drop-zone', DropZone);
