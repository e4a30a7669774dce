// SPDX-License-Identifier: MIT
// What the firmware said that was waited for: a match, or the cases of a test framework.
import { html, nothing } from 'lit';
import { byState, expectedWords } from './expected.js';
import { placeHash } from './places.js';

/** @param {import('./types.js').Job} job @returns {string} of the console that it listened to */
const streamOf = (job) => job.result.expect?.stream ?? '';

/** A place in the page's console, and the same as text. @param {import('./types.js').Job} job @param {number} offset @param {string} words */
function place(job, offset, words) {
  const stream = streamOf(job);
  const text = `api/v1/boards/${job.board}/console?view=text&from=${offset}${stream && `&stream=${stream}`}`;
  return html`<span class="places"><a class="place" href=${placeHash({ board: job.board, offset, stream })} title="This place in the console">${words}</a>
    <a class="place-text" href=${text} target="_blank" rel="noopener" title="The console from here, as text">text</a></span>`;
}

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
    <p>${expectedWords(job.result)} ${place(job, said.from, 'All of its output')}</p>
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
