// SPDX-License-Identifier: MIT
// What a person can ask of a console's past, and of its port.
import * as api from './api.js';

/** Of the past, on each side of a place, or up to the end. */
const AROUND = 12 * 1024;
/** The plotter's. */
const PLOTTED = 192 * 1024;
/** A search stops by itself at so many lines; going on is asked for. */
const FOUND = 200;

/** @typedef {import('./actions.js').House} House */

/** @param {House} house @param {string} board @param {Partial<import('./reduce.js').ConsoleState>} change */
const change = (house, board, change) => house.dispatch({ type: 'consoleState', board, change });

/** A refusal is said at the console. @param {House} house @param {string} board @param {() => Promise<void>} act */
async function attempt(house, board, act) {
  try {
    await act();
  } catch (error) {
    const { title, detail } = api.problemOf(error);
    change(house, board, { problem: detail || title });
  }
}

/** Goes on with a search until enough was found, all was looked at, or another was begun. @param {House} house @param {string} board @param {string | number | undefined} start */
async function look(house, board, start) {
  const search = house.console(board).search;
  if (!search) return;
  let now = { ...search, isRunning: true, problem: '' };
  let from = start;
  const enough = now.matches.length + FOUND;
  change(house, board, { search: now });
  try {
    do {
      const { pattern, ignoreCase, to } = now;
      const stream = now.stream || undefined;
      const found = await api.searchConsole(board, {
        pattern,
        from,
        to,
        stream,
        ignore_case: ignoreCase,
        limit: FOUND,
      });
      if (house.console(board).search !== now) return;
      now = {
        ...now,
        stream: found.stream,
        matches: [...now.matches, ...found.matches],
        next: found.next,
      };
      change(house, board, { search: now });
      from = found.next;
    } while (now.next !== null && now.matches.length < enough);
    change(house, board, { search: { ...now, isRunning: false } });
  } catch (error) {
    const { title, detail } = api.problemOf(error);
    change(house, board, { search: { ...now, isRunning: false, problem: detail || title } });
  }
}

/** @type {Record<string, (house: House, wish: any) => Promise<void>>} */
export const consoleActions = {
  /** at null: the end, as it stands now. A reply that another wish has overtaken is not shown. */
  showPast: (house, { board, at, stream, isLong }) =>
    attempt(house, board, async () => {
      const asked = { at };
      change(house, board, isLong ? { asked, past: null } : { asked }); // a plot starts afresh
      const query =
        at === null
          ? { from: `-${isLong ? PLOTTED : 2 * AROUND}` }
          : { from: Math.max(0, at - AROUND), to: at + AROUND, stream: stream || undefined };
      const isOvertaken = () => house.console(board).asked !== asked;
      const past = await api.readPast(board, query).catch((error) => {
        if (!isOvertaken()) change(house, board, { asked: null });
        throw error;
      });
      if (isOvertaken()) return;
      change(house, board, { past: { at, ...past }, problem: '' });
    }),
  async search(house, { board, pattern, ignoreCase, from, to }) {
    const what = { pattern, ignoreCase, to };
    const search = { ...what, stream: '', matches: [], next: null, isRunning: true, problem: '' };
    change(house, board, { search });
    await look(house, board, from);
  },
  async searchOn(house, { board }) {
    await look(house, board, house.console(board).search?.next ?? undefined);
  },
  endSearch: async (house, { board }) => change(house, board, { search: null }),
  setConsole: (house, { board, settings }) =>
    attempt(house, board, async () => {
      await api.setConsole(board, settings);
      change(house, board, { problem: '' });
    }),
  saveConsole: (house, { board, view, from }) =>
    attempt(house, board, async () => {
      const blob = await api.readConsole(board, { view, from });
      house.save(`${board}-console.${view === 'raw' ? 'bin' : 'txt'}`, blob);
    }),
};
