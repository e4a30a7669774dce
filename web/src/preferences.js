// SPDX-License-Identifier: MIT
// What this browser remembers of how a person works.
const AT_ONCE = 'benchd-at-once';
const LINE_END = 'benchd-line-end';

/** Flash without showing the plan first? */
export const isAtOnce = () => localStorage.getItem(AT_ONCE) === 'true';
/** @param {boolean} on */
export const setAtOnce = (on) => localStorage.setItem(AT_ONCE, String(on));

/** @returns {string} cr, lf or crlf */
export const lineEnd = () => localStorage.getItem(LINE_END) ?? 'crlf';
/** @param {string} name */
export const setLineEnd = (name) => localStorage.setItem(LINE_END, name);
