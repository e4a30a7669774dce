// SPDX-License-Identifier: MIT
// What a person can ask for, carried out: each takes the wish and tells the state what came of it.
import { accept } from './accept.js';
import * as api from './api.js';
import { consoleActions } from './console-actions.js';
import { groupActions } from './group-actions.js';
import { settingsActions } from './settings-actions.js';

/** @typedef {import('./accept.js').House} House */

/**
 * The firmware at hand: by its hash once it is on the shelf, so that it is sent only once.
 * @param {House} house @param {string} board
 */
function firmwareOf(house, board) {
  const { firmware } = house.session(board);
  const sha256 = house.image(board);
  if (firmware instanceof Blob && sha256)
    return { sha256, name: firmware.name, bytes: firmware.size };
  return firmware;
}

/**
 * @param {House} house @param {string} board @param {'flash' | 'verify'} verb
 * @param {Record<string, any>} more
 */
function withFirmware(house, board, verb, more) {
  const firmware = firmwareOf(house, board);
  if (!firmware) return Promise.resolve();
  const { address, ...rest } = house.session(board).options;
  const where = address === undefined ? {} : { address };
  const { baud, burst } = rest;
  const query = { ...where, ...(verb === 'verify' ? { baud, burst } : { ...rest, ...more }) };
  const request = () => api.startImageJob(board, verb, firmware, query);
  return accept(house, board, request);
}

/** @type {Record<string, (house: House, wish: any) => Promise<void>>} */
export const actions = {
  ...consoleActions,
  ...groupActions,
  ...settingsActions,
  async choose(house, { board, firmware, atOnce, options }) {
    house.dispatch({ type: 'chosen', board, firmware, options });
    await (atOnce ? actions.flash : actions.plan)(house, { board });
  },
  async plan(house, { board, options }) {
    if (options) house.dispatch({ type: 'options', board, options });
    await withFirmware(house, board, 'flash', { dry_run: true });
  },
  async flash(house, { board }) {
    await withFirmware(house, board, 'flash', {});
    await house.refresh();
  },
  compare: (house, { board }) => withFirmware(house, board, 'verify', {}),
  again: (house, { board, atOnce }) => (atOnce ? actions.flash : actions.plan)(house, { board }),
  async anyway(house, { board, atOnce }) {
    const options = { ...house.session(board).options, force: true };
    house.dispatch({ type: 'options', board, options });
    await actions.again(house, { board, atOnce });
  },
  async forget(house, { board }) {
    house.dispatch({ type: 'forget', board });
  },
  async cancel(house, { board, job }) {
    try {
      await api.cancelJob(job);
    } catch (error) {
      house.dispatch({ type: 'problem', board, problem: api.problemOf(error) });
    }
  },
  identify: (house, { board }) => accept(house, board, () => api.startJob(board, 'identify')),
  doctor: (house, { board }) => accept(house, board, () => api.startJob(board, 'doctor')),
  probe: (house, { board, parameters }) =>
    accept(house, board, () => api.startJob(board, 'probe', parameters)),
  power: (house, { board, parameters }) =>
    accept(house, board, () => api.startJob(board, 'power', parameters)),
  reset: (house, { board, parameters }) =>
    accept(house, board, () => api.startJob(board, 'reset', parameters)),
  go: (house, { board, parameters }) =>
    accept(house, board, () => api.startJob(board, 'go', parameters)),
  protect: (house, { board, parameters }) =>
    accept(house, board, () => api.putJob(board, 'protection', parameters)),
  readOptions: (house, { board }) =>
    accept(house, board, () => api.startJob(board, 'option-bytes')),
  writeOptions: (house, { board, parameters }) =>
    accept(house, board, () => api.putJob(board, 'option-bytes', parameters)),
  erase: (house, { board, parameters }) =>
    accept(house, board, () => api.startJob(board, 'erase', parameters)),
  async read(house, { board, query }) {
    house.dispatch({ type: 'forget', board });
    try {
      const { name, blob } = await api.readMemory(board, query);
      house.save(name, blob);
    } catch (error) {
      house.dispatch({ type: 'problem', board, problem: api.problemOf(error) });
    }
  },
};
