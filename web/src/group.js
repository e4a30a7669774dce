// SPDX-License-Identifier: MIT
// Boards that are flashed together: who was chosen, and what became of each. Pure.
import { isWorthAgain } from './problems.js';
import { achieved, isFinal, outcomeWord, plural, sentence } from './words.js';

/** @typedef {import('./types.js').Board} Board */
/** @typedef {import('./types.js').Job} Job */
/** @typedef {import('./types.js').ProblemBody} ProblemBody */
/** @typedef {import('./types.js').Firmware} Firmware */
/** What the server answers. @typedef {{jobs: Job[], refused?: ProblemBody[]}} Answer */
/** A board's part in it: its job, or why it took none; label: also of a board that is gone.
 * @typedef {{label: string, job: string | null, refusal: ProblemBody | null}} Member */
/** @typedef {{picked: string[], firmware: File | Firmware | null, options: Record<string, any>,
 *   members: Record<string, Member>, isSending: boolean, problem: ProblemBody | null}} Group */
/** @typedef {'waiting' | 'working' | 'done' | 'failed' | 'interrupted' | 'cancelled' | 'refused'} RowState */
/** @typedef {{id: string, label: string, isHere: boolean, state: RowState, job: Job | null,
 *   problem: ProblemBody | null}} Row */
/** As far as the page's state matters here.
 * @typedef {{boards: Record<string, Board>, order: string[], jobs: Record<string, Job>, group: Group}} Bench */

/** @type {Group} */
export const NO_GROUP = {
  picked: [],
  firmware: null,
  options: {},
  members: {},
  isSending: false,
  problem: null,
};

/** What of a board's options goes for any board: its line is its own affair. */
export const GROUP_OPTIONS = ['write', 'erase', 'keep_neighbours', 'verify', 'run', 'results'];

/** All, then every tag, each with its boards. @param {Bench} bench @returns {{tag: string, ids: string[]}[]} */
export function setsOf({ order, boards }) {
  const tags = [...new Set(order.flatMap((id) => boards[id].tags))].sort();
  const withTag = (/** @type {string} */ tag) =>
    order.filter((id) => boards[id].tags.includes(tag));
  return [{ tag: '', ids: order }, ...tags.map((tag) => ({ tag, ids: withTag(tag) }))];
}

/** @param {string[]} picked @param {string[]} ids */
export const hasAll = (picked, ids) => ids.length > 0 && ids.every((id) => picked.includes(id));

/** All of them, or none when all are picked already. @param {string[]} picked @param {string[]} ids */
export const toggled = (picked, ids) =>
  hasAll(picked, ids)
    ? picked.filter((id) => !ids.includes(id))
    : [...picked, ...ids.filter((id) => !picked.includes(id))];

/** The picked that are there, in the order of the bench. @param {Bench} bench */
export const chosenOf = ({ order, group }) => order.filter((id) => group.picked.includes(id));

/** What is known to go otherwise than one may think, before it begins. @param {Bench} bench @returns {string[]} */
export function forewarnings(bench) {
  const chosen = chosenOf(bench).map((id) => bench.boards[id]);
  const absent = chosen.filter(({ state }) => state === 'absent');
  const busy = chosen.filter(({ state }) => state === 'busy');
  const byHand = chosen.filter(({ control, state }) => control === 'manual' && state !== 'absent');
  const names = (/** @type {Board[]} */ list) => list.map(({ label }) => label).join(', ');
  const is = (/** @type {Board[]} */ list) => (list.length === 1 ? 'is' : 'are');
  return [
    absent.length &&
      `${names(absent)} ${is(absent)} not connected now, and will refuse unless that changes.`,
    busy.length && `${names(busy)} ${is(busy)} at work: what runs there is finished first.`,
    byHand.length && `${names(byHand)} ${is(byHand)} put into the bootloader by hand, when asked.`,
  ].filter((text) => typeof text === 'string');
}

/** @type {ProblemBody} */
const REMOVED = {
  title: 'The board was removed',
  status: 404,
  code: 'no_such_board',
  detail: 'It is no longer one of this bench. Nothing was sent to it.',
};

/**
 * The parts of the boards that were asked, as the server answered; who is not asked again keeps his.
 * @param {Bench} bench @param {string[]} asked @param {Answer} answer
 */
export function membersAfter(bench, asked, { jobs, refused = [] }) {
  const members = { ...bench.group.members };
  for (const id of asked) {
    const label = bench.boards[id]?.label ?? members[id]?.label ?? id;
    const job = jobs.find(({ board }) => board === id)?.id ?? null;
    const refusal = job ? null : (refused.find(({ board }) => board === id) ?? REMOVED);
    members[id] = { label, job, refusal };
  }
  return members;
}

/** Those of another server's jobs are let go. @param {Record<string, Member>} members @param {string[]} lost */
export const membersWithout = (members, lost) =>
  Object.fromEntries(Object.entries(members).filter(([, { job }]) => !lost.includes(job ?? '')));

/** @param {Job | null} job @returns {RowState} */
function stateOf(job) {
  if (!job || job.state === 'queued') return 'waiting';
  return job.state === 'running' ? 'working' : /** @type {RowState} */ (job.state);
}

/** @param {Bench} bench @returns {Row[]} in the order of the bench, those that are gone last */
export function rowsOf({ boards, order, jobs, group }) {
  const place = (/** @type {string} */ id) => (id in boards ? order.indexOf(id) : order.length);
  return Object.entries(group.members)
    .map(([id, { label, job: jobId, refusal }]) => {
      const job = jobs[jobId ?? ''] ?? null;
      const state = refusal ? /** @type {const} */ ('refused') : stateOf(job);
      const problem = refusal ?? job?.error ?? null;
      return { id, label: boards[id]?.label ?? label, isHere: id in boards, state, job, problem };
    })
    .sort((a, b) => place(a.id) - place(b.id));
}

/** @param {Row} row */
export const isOver = ({ state }) => state !== 'waiting' && state !== 'working';

/** @type {[RowState, string][]} */
const COUNTED = [
  ['done', 'done'],
  ['failed', 'failed'],
  ['interrupted', 'interrupted'],
  ['refused', 'refused'],
  ['cancelled', 'cancelled'],
  ['working', 'under way'],
  ['waiting', 'waiting'],
];

/** "5 done, 1 failed, 1 refused". @param {Row[]} rows */
export const summaryOf = (rows) =>
  COUNTED.map(([state, word]) => [rows.filter((row) => row.state === state).length, word])
    .filter(([count]) => count)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');

/** @param {Row[]} rows */
export function headingOf(rows) {
  const all = plural(rows.length, 'board');
  if (!rows.every(isOver)) return `Flashing ${all}`;
  if (rows.every(({ state }) => state === 'done'))
    return rows.length === 1 ? 'The board is done' : `All ${all} are done`;
  const done = rows.filter(({ state }) => state === 'done').length;
  return done ? `${done} of ${all} ${done === 1 ? 'is' : 'are'} done` : 'No board is done';
}

/** What the tab says before the name: how many are through, or how it went. @param {Row[]} rows */
export function markOf(rows) {
  if (rows.length === 0) return '';
  if (!rows.every(isOver)) return `${rows.filter(isOver).length}/${rows.length} `;
  return rows.every(({ state }) => state === 'done') ? '✓ ' : '✕ ';
}

/** Those that ended otherwise than done and may end better. @param {Row[]} rows */
export const worthAgain = (rows) =>
  rows.filter((row) => row.isHere && isOver(row) && isWorthAgain(row.problem, true));

/** @param {Row[]} rows that are tried again */
export const againWords = (rows) =>
  rows.every(({ state }) => state === 'cancelled')
    ? 'Flash them after all'
    : `Try the failed ${rows.length === 1 ? 'one' : 'ones'} again`;

/** Those that took the firmware for none. @param {Row[]} rows */
export const worthAnyway = (rows) =>
  rows.filter(({ isHere, problem }) => isHere && problem?.code === 'not_an_application');

/** What a row says once it is over, in a word and a sentence. @param {Row} row */
export function outcomeOf({ state, job, problem }) {
  const word = state === 'refused' ? 'Refused' : outcomeWord(state);
  const text = sentence(problem?.detail ?? '');
  if (state === 'cancelled') return { word, title: '', text };
  if (problem) return { word, title: problem.title, text };
  return { word, title: '', text: job ? achieved(job) : '' };
}

/**
 * The jobs whose end may have gone unheard: not known to be over, and not what their board does.
 * @param {Bench} bench @param {string | undefined} board of this one only
 */
export const unsettled = ({ boards, jobs, group }, board) =>
  Object.entries(group.members)
    .filter(([id, { job }]) => job && (!board || id === board) && boards[id]?.job !== job)
    .map(([, { job }]) => /** @type {string} */ (job))
    .filter((job) => !jobs[job] || !isFinal(jobs[job]));

/**
 * The firmware by its hash once it is on the shelf, so that it is sent only once; a page that was
 * reloaded knows it from the jobs alone. @param {Pick<Bench, 'jobs' | 'group'>} bench
 */
export function firmwareOf({ jobs, group }) {
  const { firmware, members } = group;
  if (firmware && !(firmware instanceof Blob)) return firmware;
  const job = Object.values(members)
    .map((member) => jobs[member.job ?? ''])
    .find((one) => one?.image);
  if (!job?.image) return firmware;
  const { sha256, bytes } = job.image;
  return { sha256, name: firmware?.name ?? job.name ?? null, bytes };
}

/** What a tab keeps across a reload. @param {Group} group */
export function keptOf({ picked, options, members, firmware }) {
  if (Object.keys(members).length === 0) return null;
  return { picked, options, members, firmware: firmware instanceof Blob ? null : firmware };
}
