// SPDX-License-Identifier: MIT
// Boards are added, changed and taken away; one that was put is tried at once.
import { accept } from './accept.js';
import * as api from './api.js';
import { newPorts } from './board-form.js';
import { NO_ADDING } from './reduce.js';

/** @typedef {import('./accept.js').House} House */

/** @param {House} house @param {Partial<import('./reduce.js').Adding>} change */
const change = (house, change) => house.dispatch({ type: 'adding', change });

/** @param {House} house @param {() => Promise<void>} act */
async function attempt(house, act) {
  try {
    await act();
  } catch (error) {
    change(house, { isSending: false, problem: api.problemOf(error) });
  }
}

/** @param {House} house @param {string} board @param {Record<string, any>} settings */
async function put(house, board, settings) {
  change(house, { isSending: true, problem: null });
  house.dispatch({ type: 'board', board, state: await api.putBoard(board, settings) });
  house.dispatch({ type: 'forget', board });
  change(house, { board, settings, isPut: true, isSending: false });
}

/** @param {House} house @param {string} board @param {'identify' | 'probe'} verb */
const tryOut = (house, board, verb) => accept(house, board, () => api.startJob(board, verb));

/** What was plugged in since the last look is told. @param {House} house */
const lookAtPorts = (house) =>
  attempt(house, async () => {
    const { ports } = await api.getPorts();
    const arrived = newPorts(house.bench().adding?.ports ?? null, ports);
    change(house, arrived.length ? { ports, arrived } : { ports });
  });

/** @type {Record<string, (house: House, wish: any) => Promise<void>>} */
export const settingsActions = {
  async addBoard(house) {
    house.dispatch({ type: 'adding', begin: NO_ADDING });
    await lookAtPorts(house);
  },
  /** On its page, where one sees what becomes of it. */
  changeBoard: (house, { board }) =>
    attempt(house, async () => {
      house.dispatch({ type: 'adding', begin: { ...NO_ADDING, board, isNew: false } });
      change(house, { settings: await api.getSettings(board) });
      await lookAtPorts(house);
    }),
  lookAtPorts,
  /** Kept by the server; then its wiring is found, or its part. */
  putBoard: (house, { board, settings, isSought }) =>
    attempt(house, async () => {
      await put(house, board, settings);
      if (!house.bench().adding?.isNew) house.dispatch({ type: 'adding', change: null });
      await tryOut(house, board, isSought ? 'probe' : 'identify');
    }),
  /** What a probe has found. */
  async useWiring(house, { board, control }) {
    try {
      await put(house, board, { ...(await api.getSettings(board)), control });
      await tryOut(house, board, 'identify');
    } catch (error) {
      house.dispatch({ type: 'problem', board, problem: api.problemOf(error) });
    }
  },
  /** Back to the form, with what is kept of the board. */
  async editAgain(house, { board }) {
    house.dispatch({ type: 'forget', board });
    change(house, { isPut: false });
    await lookAtPorts(house);
  },
  async removeBoard(house, { board }) {
    try {
      await api.deleteBoard(board);
      house.dispatch({ type: 'removed', board });
      house.dispatch({ type: 'adding', change: null });
      location.hash = '';
    } catch (error) {
      house.dispatch({ type: 'problem', board, problem: api.problemOf(error) });
    }
  },
  endAdding: async (house) => house.dispatch({ type: 'adding', change: null }),
};
