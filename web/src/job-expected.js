// SPDX-License-Identifier: MIT
// What the firmware said that was waited for: a match, or the cases of a test framework.
import { html, nothing } from 'lit';
import { byState, expectedWords } from './expected.js';

/** The console from an offset on, as text. @param {string} board @param {number} offset */
const placeOf = (board, offset) =>
  `api/v1/boards/${encodeURIComponent(board)}/console?view=text&from=${offset}`;

/** @param {import('./types.js').Job} job @param {number} offset @param {string} words */
const place = (job, offset, words) =>
  html`<a href=${placeOf(job.board, offset)} target="_blank" rel="noopener" title="The console from here">${words}</a>`;

const MARKS = /** @type {Record<string, string>} */ ({ failed: '✕', passed: '✓', skipped: '–' });

/** @param {import('./types.js').Job} job @param {import('./expected.js').Case} one */
const caseRow = (job, one) =>
  html`<li class="case case-${one.state}">
    <span class="case-mark" aria-hidden="true">${MARKS[one.state]}</span>
    <span class="case-main">
      <span class="visually-hidden">${one.state}: </span>${one.suite ? html`<span class="faint">${one.suite} / </span>` : nothing}<b>${one.name}</b>
      ${one.message ? html`<span class="case-message">${one.message}</span>` : nothing}
    </span>
    <span class="case-side faint">
      ${one.file ? html`${one.file}${one.line ? `:${one.line}` : ''} ` : nothing}${one.seconds !== null ? `${one.seconds} s ` : nothing}${place(job, one.offset, 'output')}
    </span>
  </li>`;

/** @param {import('./types.js').Job} job */
const cases = (job) =>
  job.result.tests?.cases.length
    ? html`<ul class="cases" aria-label="Tests, failed ones first">
        ${byState(job.result.tests.cases).map((one) => caseRow(job, one))}
      </ul>`
    : nothing;

/** @param {any} said */
const groups = (said) =>
  said.groups?.length
    ? html`<dl class="groups">
        ${said.groups.map(
          (/** @type {any} */ { number, name, text }) =>
            html`<dt>${name ?? number}</dt><dd>${text === null ? html`<span class="faint">not there</span>` : html`<code>${text}</code>`}</dd>`,
        )}
      </dl>`
    : nothing;

/** @param {import('./types.js').Job} job */
export function expectedPart(job) {
  const said = job.result?.expect;
  if (!said) return nothing;
  return html`<div class="expected">
    <p>${expectedWords(job.result)}</p>
    ${said.text ? html`<p class="said"><code>${said.text}</code> ${place(job, said.offset, 'in the console')}</p>` : nothing}
    ${groups(said)} ${cases(job)}
    ${
      said.lines && !job.result.tests?.cases.length
        ? html`<pre class="said-lines" tabindex="0" aria-label="The console around it">${said.lines}</pre>`
        : nothing
    }
    <p>
      <a href="api/v1/jobs/${job.id}/report?format=junit" download="${job.board}-${job.id}.xml">JUnit report</a>
    </p>
  </div>`;
}
