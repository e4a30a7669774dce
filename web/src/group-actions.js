// SPDX-License-Identifier: MIT
// What a person can ask of several boards at once.
import * as api from './api.js';
import {
  chosenOf,
  firmwareOf,
  isOver,
  membersAfter,
  membersWithout,
  rowsOf,
  unsettled,
} from './group.js';

/** @typedef {import('./actions.js').House} House */

/** @param {House} house @param {Partial<import('./group.js').Group>} change */
const change = (house, change) => house.dispatch({ type: 'group', change });

/** @param {House} house @param {() => Promise<void>} act */
async function attempt(house, act) {
  try {
    await act();
  } catch (error) {
    change(house, { isSending: false, problem: api.problemOf(error) });
  }
}

/** @param {House} house @param {string[]} boards @param {Record<string, any>} query */
const send = (house, boards, query) =>
  attempt(house, async () => {
    const firmware = firmwareOf(house.bench());
    if (!firmware || boards.length === 0) return;
    change(house, { isSending: true, problem: null });
    const answer = await api.flashGroup(boards, firmware, query);
    house.dispatch({ type: 'jobs', jobs: answer.jobs });
    const members = membersAfter(house.bench(), boards, answer);
    change(house, { members, isSending: false });
    await settle(house);
    await house.refresh();
  });

/** null: the server does not know it (any more). @param {string} id */
async function jobOf(id) {
  try {
    return await api.getJob(id);
  } catch (error) {
    if (api.problemOf(error).code !== 'no_such_job') throw error;
    return null;
  }
}

/** A job that ended before the events looked is in none of them: it is asked for. @param {House} house @param {string} [board] */
const settle = (house, board) =>
  attempt(house, async () => {
    const ids = unsettled(house.bench(), board);
    if (ids.length === 0) return;
    const jobs = await Promise.all(ids.map(jobOf));
    house.dispatch({ type: 'jobs', jobs: jobs.filter(Boolean) });
    const lost = ids.filter((_, i) => !jobs[i]);
    const { members } = house.bench().group;
    if (lost.length) change(house, { members: membersWithout(members, lost) });
  });

/** One that ended meanwhile needs no cancelling. @param {string} job */
async function cancel(job) {
  try {
    await api.cancelJob(job);
  } catch (error) {
    if (api.problemOf(error).code !== 'job_final') throw error;
  }
}

/** @type {Record<string, (house: House, wish: any) => Promise<void>>} */
export const groupActions = {
  pickBoards: async (house, { picked }) => change(house, { picked }),
  groupFirmware: async (house, { firmware }) => change(house, { firmware, problem: null }),
  groupFlash(house, { options }) {
    change(house, { options, members: {} });
    return send(house, chosenOf(house.bench()), options);
  },
  /** force: what does not look like an application, too. */
  groupAgain(house, { boards, force }) {
    const { options } = house.bench().group;
    return send(house, boards, force ? { ...options, force: true } : options);
  },
  groupCancel: (house) =>
    attempt(house, async () => {
      const going = rowsOf(house.bench()).filter((row) => !isOver(row));
      await Promise.all(going.map(({ job }) => job && cancel(job.id)));
    }),
  groupSettle: (house, { board }) => settle(house, board),
  /** Back to choosing; what was chosen stays. */
  groupDone: async (house) =>
    change(house, { firmware: firmwareOf(house.bench()), members: {}, problem: null }),
};
