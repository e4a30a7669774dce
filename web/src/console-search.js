// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { localTime, RANGES, rangeOf } from './search-range.js';
import { clock, plural } from './words.js';

/** @typedef {{offset: number, time: string, line: string, before?: string, after?: string}} Match */
/** @typedef {{pattern: string, ignoreCase: boolean, to: string | undefined, stream: string, matches: Match[],
 *   next: number | null, isRunning: boolean, problem: string}} Search */

const HOUR_MS = 3_600_000;

/** A line in three: before the match, the match, behind it; null: this engine sees none. @param {string} line @param {string} pattern @param {boolean} ignoreCase */
export function partsOf(line, pattern, ignoreCase) {
  try {
    const match = new RegExp(pattern, ignoreCase ? 'i' : '').exec(line);
    if (!match?.[0]) return null;
    const end = match.index + match[0].length;
    return [line.slice(0, match.index), match[0], line.slice(end)];
  } catch {
    return null; // PCRE2 knows more than this engine
  }
}

/** Looks for a pattern in what a board printed. Emits "search", "go-on", "place" and "close-search". */
class ConsoleSearch extends Element {
  static properties = { search: {}, at: {}, range: { state: true }, wrong: { state: true } };

  constructor() {
    super();
    /** @type {Search | null} */
    this.search = null;
    /** The match that is shown. @type {number | null} */
    this.at = null;
    this.range = '';
    this.wrong = '';
    this.began = localTime(Date.now() - HOUR_MS);
  }

  firstUpdated() {
    this.field.focus();
  }

  get field() {
    return /** @type {HTMLInputElement} */ (this.querySelector('#search-pattern'));
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const said = (/** @type {string} */ name) => String(form.get(name) ?? '');
    const pattern = said('pattern');
    const range = rangeOf(said('range'), said('from'), said('to'), Date.now());
    this.wrong = range ? '' : 'That ends before it begins.';
    if (pattern && range)
      this.emit('search', { pattern, ignoreCase: form.get('case') === null, ...range });
  }

  /** Both may stay open. */
  between() {
    return html`<div class="search-between">
      <label class="field"><span>From (empty: the oldest)</span><input type="datetime-local" name="from" id="search-begin" step="1" .value=${this.began} /></label>
      <label class="field"><span>To (empty: now)</span><input type="datetime-local" name="to" id="search-end" step="1" /></label>
    </div>`;
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    if (event.key === 'Escape') this.emit('close-search');
  }

  /** @param {Match} match @param {Search} search */
  row(match, search) {
    const parts = partsOf(match.line, search.pattern, search.ignoreCase);
    const line = parts ? html`${parts[0]}<mark>${parts[1]}</mark>${parts[2]}` : match.line;
    return html`<li><button type="button" class="found" aria-current=${this.at === match.offset ? 'true' : 'false'}
        @click=${() => this.emit('place', { offset: match.offset, stream: search.stream })}>
        <span class="found-time">${clock(match.time)}</span><span class="found-line">${line}</span></button></li>`;
  }

  /** @param {Search} search */
  found(search) {
    const count = search.matches.length;
    const words = search.isRunning
      ? `Searching… ${plural(count, 'line')} so far`
      : `${plural(count, 'line')}${search.next === null ? '' : ' so far'}`;
    return html`${
      search.problem
        ? html`<p class="notice warn" role="alert">${search.problem}</p>`
        : html`<p class="found-count" role="status">${words}
            ${
              search.next !== null && !search.isRunning
                ? html`<button type="button" class="small" id="search-more" @click=${() => this.emit('go-on')}>Go on</button>`
                : nothing
            }</p>`
    }
    <ol class="found-list">${search.matches.map((match) => this.row(match, search))}</ol>`;
  }

  render() {
    return html`<section class="search" aria-label="Search the console" @keydown=${this.keys}>
      <form class="search-form" role="search" @submit=${this.submit}>
        <label class="visually-hidden" for="search-pattern">Regular expression</label>
        <input id="search-pattern" name="pattern" type="text" placeholder="Text or regular expression" autocomplete="off" spellcheck="false" maxlength="1000" />
        <label class="visually-hidden" for="search-range">When</label>
        <select id="search-range" name="range" @change=${(/** @type {any} */ event) => {
          this.range = event.target.value;
        }}>
          ${RANGES.map(({ value, label }) => html`<option value=${value}>${label}</option>`)}
        </select>
        <label class="check"><input type="checkbox" name="case" />match case</label>
        <button type="submit" id="search-start">Find</button>
        <button type="button" class="quiet" id="search-close" aria-label="Close the search" @click=${() => this.emit('close-search')}>✕</button>
        ${this.range === 'between' ? this.between() : nothing}
      </form>
      ${this.wrong ? html`<p class="notice warn" role="alert">${this.wrong}</p>` : nothing}
      ${this.search ? this.found(this.search) : nothing}
    </section>`;
  }
}
customElements.define('console-search', ConsoleSearch);
