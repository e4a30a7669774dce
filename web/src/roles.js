// SPDX-License-Identifier: MIT
// What a role may do (docs: config, tokens): each may what those before it may. Pure.

const ROLES = ['view', 'console', 'flash', 'admin'];

/** @typedef {{required: boolean, name: string | null, role: string | null} | null} LoggedIn */
/** @typedef {{console: boolean, flash: boolean, admin: boolean}} May */

/** Until the session is known everything is offered: the server has the last word. @param {LoggedIn} session @returns {May} */
export function mayOf(session) {
  const rank = session?.required ? ROLES.indexOf(session.role ?? '') : ROLES.length;
  const has = (/** @type {string} */ role) => rank >= ROLES.indexOf(role);
  return { console: has('console'), flash: has('flash'), admin: has('admin') };
}

/** Why something is not offered. @param {LoggedIn} session */
export function limitWords(session) {
  const may = mayOf(session);
  if (may.flash) return '';
  return may.console
    ? `The token “${session?.name}” may watch and talk to boards, not change them.`
    : `The token “${session?.name}” may watch boards, not change or talk to them.`;
}
