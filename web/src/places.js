// SPDX-License-Identifier: MIT
// What the page's address names: a board, and perhaps a place in its console. Pure.

const PLACE =
  /^#board\/([a-z0-9-]{1,32})(?:&offset=(\d{1,15})(?:&stream=([0-9A-HJKMNP-TV-Z]{26}))?)?$/;

/** Where several boards are flashed at once. */
export const GROUP = '#group';

/** @typedef {{board: string, offset: number | null, stream: string, isGroup?: boolean}} Place board '': the list */

/** @param {string} hash @returns {Place} */
export function placeOf(hash) {
  if (hash === GROUP) return { board: '', offset: null, stream: '', isGroup: true };
  const [, board = '', offset, stream = ''] = PLACE.exec(hash) ?? [];
  return { board, offset: offset === undefined ? null : Number(offset), stream };
}

/** @param {Place} place */
export function placeHash({ board, offset, stream }) {
  if (offset === null) return `#board/${board}`;
  return `#board/${board}&offset=${offset}${stream ? `&stream=${stream}` : ''}`;
}
