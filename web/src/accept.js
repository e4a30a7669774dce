// SPDX-License-Identifier: MIT
// A request that becomes a job, and the house that actions work in.
import * as api from './api.js';

/** @typedef {{dispatch: (event: {type: string, [more: string]: any}) => void,
 *   bench: () => import('./reduce.js').Bench,
 *   console: (board: string) => import('./reduce.js').ConsoleState,
 *   session: (board: string) => import('./reduce.js').Session,
 *   image: (board: string) => string | null, refresh: () => Promise<void>,
 *   settle: (board: string) => Promise<void>,
 *   save: (name: string, blob: Blob) => void}} House */

/**
 * Runs a request that becomes a job; a refusal becomes the board's problem.
 * @param {House} house @param {string} board @param {() => Promise<any>} request
 */
export async function accept(house, board, request) {
  house.dispatch({ type: 'sending', board });
  try {
    house.dispatch({ type: 'accepted', board, job: await request() });
    await house.settle(board);
  } catch (error) {
    house.dispatch({ type: 'problem', board, problem: api.problemOf(error) });
  }
}
