// SPDX-License-Identifier: MIT
// What this browser remembers of how a person works.
import { unusual } from './options.js';

const AT_ONCE = 'benchd-at-once';
const LINE_END = 'benchd-line-end';
const OPTIONS = 'benchd-options-';

/** Flash without showing the plan first? */
export const isAtOnce = () => localStorage.getItem(AT_ONCE) === 'true';
/** @param {boolean} on */
export const setAtOnce = (on) => localStorage.setItem(AT_ONCE, String(on));

/** @returns {string} cr, lf or crlf */
export const lineEnd = () => localStorage.getItem(LINE_END) ?? 'crlf';
/** @param {string} name */
export const setLineEnd = (name) => localStorage.setItem(LINE_END, name);

const ECHO = 'benchd-echo';
const SENT = 'benchd-sent-';

/** Is what one types shown at once? */
export const hasEcho = () => localStorage.getItem(ECHO) === 'true';
/** @param {boolean} on */
export const setEcho = (on) => localStorage.setItem(ECHO, String(on));

/** Lines that were sent to a board, the newest last. @param {string} board @returns {string[]} */
export function sentTo(board) {
  try {
    const lines = JSON.parse(localStorage.getItem(SENT + board) ?? '[]');
    return Array.isArray(lines) ? lines.map(String) : [];
  } catch {
    return []; // not written by this page
  }
}
/** @param {string} board @param {string[]} lines */
export const setSentTo = (board, lines) =>
  localStorage.setItem(SENT + board, JSON.stringify(lines));

/** How this board is flashed, as far as it is not as usual. @param {string} board */
export function optionsOf(board) {
  try {
    return unusual(JSON.parse(localStorage.getItem(OPTIONS + board) ?? '{}'));
  } catch {
    return {}; // not written by this page: as usual
  }
}

/** @param {string} board @param {Record<string, any>} options */
export function setOptionsOf(board, options) {
  const kept = unusual(options);
  if (Object.keys(kept).length) localStorage.setItem(OPTIONS + board, JSON.stringify(kept));
  else localStorage.removeItem(OPTIONS + board);
}

const GROUP = 'benchd-group';

/** What was flashed to several boards in this tab: a reload goes on watching. @returns {Partial<import('./group.js').Group>} */
export function groupKept() {
  try {
    return JSON.parse(sessionStorage.getItem(GROUP) ?? '{}');
  } catch {
    return {}; // not written by this page
  }
}
/** @param {object | null} group null: nothing is to be kept */
export function keepGroup(group) {
  if (group) sessionStorage.setItem(GROUP, JSON.stringify(group));
  else sessionStorage.removeItem(GROUP);
}
