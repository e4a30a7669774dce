// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';
import { clock, plural } from './words.js';

/** @typedef {{offset: number, time: string, line: string, before?: string, after?: string}} Match */
/** @typedef {{pattern: string, ignoreCase: boolean, stream: string, matches: Match[],
 *   next: number | null, isRunning: boolean, problem: string}} Search */

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
  static properties = { search: {}, at: {} };

  constructor() {
    super();
    /** @type {Search | null} */
    this.search = null;
    /** The match that is shown. @type {number | null} */
    this.at = null;
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
    const pattern = String(form.get('pattern') ?? '');
    if (!pattern) return;
    this.emit('search', {
      pattern,
      ignoreCase: form.get('case') === null,
      from: form.get('from') || undefined,
    });
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
        <label class="visually-hidden" for="search-from">Since</label>
        <select id="search-from" name="from">
          <option value="">everything</option>
          <option value="reset">since the last reset</option>
          <option value="flash">since the last flash</option>
        </select>
        <label class="check"><input type="checkbox" name="case" />match case</label>
        <button type="submit" id="search-start">Find</button>
        <button type="button" class="quiet" id="search-close" aria-label="Close the search" @click=${() => this.emit('close-search')}>✕</button>
      </form>
      ${this.search ? this.found(this.search) : nothing}
    </section>`;
  }
}
customElements.define('console-search', ConsoleSearch);
