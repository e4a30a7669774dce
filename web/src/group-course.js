// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import './bench-steps.js';
import { Element } from './element.js';
import {
  againWords,
  firmwareOf,
  headingOf,
  isOver,
  outcomeOf,
  summaryOf,
  worthAgain,
  worthAnyway,
} from './group.js';
import { problemWords } from './job-outcome.js';
import { duration, percent, plural, stageWord } from './words.js';

/** @typedef {import('./group.js').Row} Row */

/** What becomes of each board of a group: how far it is, then how it went and why. */
class GroupCourse extends Element {
  static properties = { bench: {}, rows: {}, limit: {} };

  constructor() {
    super();
    /** @type {import('./reduce.js').Bench | null} */
    this.bench = null;
    /** @type {Row[]} */
    this.rows = [];
    this.limit = '';
  }

  /** @param {Row} row */
  working(row) {
    const task = this.bench?.manual[row.id];
    if (task) return html`<bench-steps .task=${task}></bench-steps>`;
    const {
      stage = 'connect',
      done = 0,
      total = 0,
      seconds_left: left,
    } = this.bench?.progress[row.id] ?? row.job?.progress ?? {};
    const label = `${row.label}: ${stage}`;
    return html`<p class="group-figures">
        <span>${stageWord(stage)}</span>
        <span class="mono">${total ? percent(done, total) : nothing}</span>
        <span class="faint">${left ? `${duration(left)} left` : nothing}</span>
      </p>
      ${
        total
          ? html`<progress aria-label=${label} max=${total} .value=${done}></progress>`
          : html`<progress aria-label=${label}></progress>`
      }`;
  }

  /** @param {Row} row */
  course(row) {
    if (row.state === 'waiting') return html`<p class="faint">Waits for its turn</p>`;
    if (!isOver(row)) return this.working(row);
    const { title, text } = outcomeOf(row);
    if (!row.problem || !title) return html`<p>${text}</p>`;
    return html`<p><strong>${title}</strong></p>${problemWords({ ...row.problem, detail: text })}`;
  }

  /** Somebody has to set its jumper. @param {Row} row */
  needsHand(row) {
    return row.state === 'working' && Boolean(this.bench?.manual[row.id]);
  }

  /** @param {Row} row */
  mark(row) {
    if (this.needsHand(row)) return html`<span class="outcome-mark mark-hand">Needs you</span>`;
    const word = isOver(row)
      ? outcomeOf(row).word
      : row.state === 'waiting'
        ? 'Waiting'
        : 'Flashing';
    return html`<span class="outcome-mark mark-${row.state}">${word}</span>`;
  }

  /** Who waits for somebody at the bench stands first; at the end, who is not done. */
  get inOrder() {
    const { rows } = this;
    const first = rows.every(isOver)
      ? rows.filter(({ state }) => state !== 'done')
      : rows.filter((row) => this.needsHand(row));
    return [...first, ...rows.filter((row) => !first.includes(row))];
  }

  /** @param {Row} row */
  row(row) {
    return html`<li class="group-row" data-board=${row.id} data-state=${row.state}>
      ${this.mark(row)}
      <span class="group-board">${
        row.isHere
          ? html`<a href="#board/${row.id}">${row.label}</a>`
          : html`<b>${row.label}</b> <span class="faint">removed</span>`
      } <code class="faint">${row.id}</code></span>
      <div class="group-now">${this.course(row)}</div>
    </li>`;
  }

  ways() {
    const { rows } = this;
    const isSending = this.bench?.group.isSending;
    const firmware = this.bench && firmwareOf(this.bench);
    const again = firmware ? worthAgain(rows) : [];
    const anyway = firmware ? worthAnyway(rows) : [];
    const retry =
      (/** @type {Row[]} */ list, force = false) =>
      () =>
        this.want('groupAgain', { boards: list.map(({ id }) => id), force });
    if (this.limit) return nothing;
    if (!rows.every(isOver))
      return html`<button type="button" id="group-cancel" @click=${() => this.want('groupCancel')}>Cancel all</button>`;
    return html`${
      again.length
        ? html`<button type="button" class="primary" id="group-again" ?disabled=${isSending} @click=${retry(again)}>${againWords(again)}</button>`
        : nothing
    }${
      anyway.length
        ? html`<button type="button" id="group-anyway" ?disabled=${isSending} @click=${retry(anyway, true)}>Flash ${plural(anyway.length, 'board')} anyway</button>`
        : nothing
    }
      <button type="button" id="group-done" @click=${() => this.want('groupDone')}>Choose anew</button>`;
  }

  render() {
    const bench = this.bench;
    if (!bench) return nothing;
    const { rows } = this;
    const { problem } = bench.group;
    const over = rows.filter(isOver).length;
    return html`<section class="panel" id="group-course" aria-labelledby="group-heading">
      <header class="group-top">
        <div>
          <h3 id="group-heading">${headingOf(rows)}</h3>
          <p role="status" id="group-summary">${summaryOf(rows)}</p>
          <p class="faint">${firmwareOf(bench)?.name || 'unnamed firmware'}</p>
        </div>
        <div class="buttons">${this.ways()}</div>
      </header>
      ${over < rows.length ? html`<progress class="bar" aria-label="Boards that are through" max=${rows.length} .value=${over}></progress>` : nothing}
      ${problem ? html`<p class="notice warn" role="alert"><strong>${problem.title}.</strong> ${problem.detail}</p>` : nothing}
      <ul class="rows group-rows" id="group-rows">
        ${repeat(
          this.inOrder,
          ({ id }) => id,
          (row) => this.row(row),
        )}
      </ul>
    </section>`;
  }
}
customElements.define('group-course', GroupCourse);
