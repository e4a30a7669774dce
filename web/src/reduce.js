// SPDX-License-Identifier: MIT
// The page's state: what the server said, folded event by event. Pure.

import { NO_GROUP } from './group.js';
import { kindOf } from './words.js';

/** @typedef {import('./types.js').Board} Board */
/** @typedef {import('./types.js').Job} Job */
/** @typedef {{sectors: Record<number, import('./types.js').SectorMark>, version: number}} Marks */
/** What a person looks for in a console, and what is sent to it.
 * @typedef {{past: import('./console-past.js').Past | null, asked: {at: number | null} | null,
 *   search: import('./console-search.js').Search | null,
 *   sending: {name: string, done: number, total: number} | null, problem: string}} ConsoleState */
/** A board that is being added or changed; board '': not put yet; settings null: none before.
 * @typedef {{board: string, isNew: boolean, isPut: boolean, isSending: boolean,
 *   settings: Record<string, any> | null, ports: import('./types.js').Port[] | null,
 *   arrived: string[], problem: import('./types.js').ProblemBody | null}} Adding */
/** What a person is doing with a board: the firmware at hand, its plan, the job they look at.
 * @typedef {{firmware: File | import('./types.js').Firmware | null, options: Record<string, any>,
 *   planJob: string | null, job: string | null, isSending: boolean}} Session */
/** removed: what boards were called that were taken away since the page was opened.
 * @typedef {{boards: Record<string, Board>, order: string[], isLoaded: boolean,
 *   removed: Record<string, string>,
 *   consoles: Record<string, ConsoleState>,
 *   jobs: Record<string, Job>, progress: Record<string, import('./types.js').Progress>,
 *   manual: Record<string, import('./types.js').AtTheBench>, devices: Record<string, import('./types.js').Device>,
 *   optionBytes: Record<string, import('./types.js').OptionBytes | null>,
 *   marks: Record<string, Marks>, problems: Record<string, import('./types.js').ProblemBody>,
 *   sessions: Record<string, Session>, warnings: Record<string, string[]>,
 *   recoveries: Record<string, import('./types.js').Recovery[]>,
 *   visits: Record<string, import('./types.js').DoctorStep[]>,
 *   tried: Record<string, import('./types.js').Tried[]>,
 *   group: import('./group.js').Group,
 *   adding: Adding | null,
 *   firmware: import('./types.js').Firmware[], link: 'connecting' | 'open' | 'lost',
 *   needsLogIn: boolean,
 *   session: {required: boolean, name: string | null, role: string | null} | null}} Bench */

/** @type {Bench} */
export const EMPTY = {
  boards: {},
  consoles: {},
  order: [],
  removed: {},
  isLoaded: false,
  jobs: {},
  progress: {},
  manual: {},
  devices: {},
  optionBytes: {},
  marks: {},
  problems: {},
  sessions: {},
  warnings: {},
  recoveries: {},
  visits: {},
  tried: {},
  adding: null,
  group: NO_GROUP,
  firmware: [],
  link: 'connecting',
  needsLogIn: false,
  session: null,
};

/** @type {ConsoleState} */
export const NO_CONSOLE = { past: null, asked: null, search: null, sending: null, problem: '' };

/** @type {Session} */
const NO_SESSION = { firmware: null, options: {}, planJob: null, job: null, isSending: false };

/** @type {Adding} */
export const NO_ADDING = {
  board: '',
  isNew: true,
  isPut: false,
  isSending: false,
  settings: null,
  ports: null,
  arrived: [],
  problem: null,
};

const FINAL = new Set(['done', 'failed', 'cancelled', 'interrupted']);

/** @template T @param {Record<string, T>} from @param {string} key */
function without(from, key) {
  const { [key]: _, ...rest } = from;
  return rest;
}

/** @param {Bench} state @param {Board} board */
function withBoard(state, board) {
  const order = state.order.includes(board.id) ? state.order : [...state.order, board.id];
  const removed = without(state.removed, board.id);
  return { ...state, order, removed, boards: { ...state.boards, [board.id]: board } };
}

/**
 * A board was taken away, and all that is of it. Its jobs stay: they are history.
 * @param {Bench} state @param {string} board
 */
function withoutBoard(state, board) {
  const known = state.boards[board];
  return {
    ...state,
    removed: known ? { ...state.removed, [board]: known.label } : state.removed,
    order: state.order.filter((id) => id !== board),
    boards: without(state.boards, board),
    devices: without(state.devices, board),
    marks: without(state.marks, board),
    progress: without(state.progress, board),
    manual: without(state.manual, board),
    problems: without(state.problems, board),
    sessions: without(state.sessions, board),
    consoles: without(state.consoles, board),
    optionBytes: without(state.optionBytes, board),
  };
}

/** All there are: one that is not among them was taken away. @param {Bench} state @param {Board[]} boards */
function withBoards(state, boards) {
  const order = boards.map((board) => board.id);
  const left = state.order.filter((id) => !order.includes(id)).reduce(withoutBoard, state);
  return { ...boards.reduce(withBoard, left), isLoaded: true, needsLogIn: false, order };
}

/** @param {Job} job queued, running, ended */
const rank = (job) => (FINAL.has(job.state) ? 2 : job.state === 'running' ? 1 : 0);

/** A job never goes back: a late reply does not undo an event. @param {Bench} state @param {Job} job */
function withJob(state, job) {
  const known = state.jobs[job.id];
  if (known && rank(known) > rank(job)) return state;
  const next = { ...state, jobs: { ...state.jobs, [job.id]: job } };
  if (!FINAL.has(job.state)) return next;
  return {
    ...next,
    progress: without(next.progress, job.board),
    manual: without(next.manual, job.board),
  };
}

/**
 * What changed on the map; a snapshot (isWhole) starts it afresh.
 * @param {Bench} state @param {string} board @param {any} map @param {boolean} isWhole
 */
function withMap(state, board, map, isWhole) {
  if (!map && !isWhole) return state;
  const before = isWhole ? {} : (state.marks[board]?.sectors ?? {});
  const sectors = { ...before };
  for (const mark of map?.sectors ?? []) sectors[mark.number] = mark;
  return {
    ...state,
    marks: { ...state.marks, [board]: { sectors, version: map?.version ?? 0 } },
  };
}

/**
 * A page that was opened while a person is waited for: what to do, though not for how long.
 * @param {Bench} state @param {string} board @param {Job} job
 */
function withTask(state, board, job) {
  const isWaiting = job.state === 'running' && state.boards[board]?.control === 'manual';
  if (!isWaiting || state.manual[board]) return state;
  const isBack = job.kind === 'reset' && job.parameters?.into === 'application';
  if (!isBack && (job.progress?.stage ?? 'connect') !== 'connect') return state;
  const into = isBack ? /** @type {const} */ ('application') : /** @type {const} */ ('bootloader');
  return { ...state, manual: { ...state.manual, [board]: { text: '', into, left_ms: null } } };
}

/** @param {Bench} state @param {any} event */
function snapshot(state, event) {
  let next = withBoard(state, event.state);
  const board = event.state.id;
  next = { ...next, isLoaded: true, needsLogIn: false };
  next = withMap(next, board, event.map, true);
  const device = event.device ?? (event.state.device?.sectors ? event.state.device : null);
  if (device) next = { ...next, devices: { ...next.devices, [board]: device } };
  if (!event.job) {
    next = { ...next, progress: without(next.progress, board) };
    return { ...next, manual: without(next.manual, board) };
  }
  next = withTask(withJob(next, event.job), board, event.job);
  if (!FINAL.has(event.job.state) && event.job.progress)
    return withProgress(next, board, event.job.progress);
  return next;
}

/** All boards at once, without their consoles. @param {Bench} state @param {any} event */
function snapshotOfAll(state, event) {
  let next = withBoards(state, event.boards ?? []);
  next = { ...next, devices: { ...next.devices, ...known(event.devices) } };
  for (const [board, map] of Object.entries(event.maps ?? {}))
    next = withMap(next, board, map, true);
  for (const job of event.jobs ?? []) {
    next = withTask(withJob(next, job), job.board, job);
    if (job.progress) next = withProgress(next, job.board, job.progress);
  }
  return next;
}

/** @param {Record<string, any>} [devices] */
const known = (devices = {}) =>
  Object.fromEntries(Object.entries(devices).filter(([, device]) => device));

/** @param {Bench} state @param {string} board @param {import('./types.js').Progress} progress */
const withProgress = (state, board, progress) => ({
  ...state,
  progress: { ...state.progress, [board]: progress },
});

/**
 * A job that ended under one's eyes shows its outcome, whoever asked for it; a plan on show stays.
 * @param {Bench} state @param {Job} job
 */
function ended(state, job) {
  const next = withJob(state, job);
  const session = state.sessions[job.board];
  if (!FINAL.has(job.state) || kindOf(job) === 'plan' || session?.planJob) return next;
  return withSession(next, job.board, { job: job.id });
}

/** @param {Bench} state @param {any} event */
const progress = (state, event) =>
  withProgress(withMap(state, event.board, event.map, false), event.board, event);

/** @param {Bench} state @param {string} board @param {Partial<Session>} change */
function withSession(state, board, change) {
  const session = { ...(state.sessions[board] ?? NO_SESSION), ...change };
  return { ...state, sessions: { ...state.sessions, [board]: session } };
}

/** A person's request was accepted as a job. @param {Bench} state @param {any} event */
function accepted(state, event) {
  const { board, job } = event;
  const next = { ...withJob(state, job), problems: without(state.problems, board) };
  const change =
    kindOf(job) === 'plan' ? { planJob: job.id, job: null } : { planJob: null, job: job.id };
  return withSession(next, board, { ...change, isSending: false });
}

/** @param {Bench} state @param {any} event */
function problem(state, event) {
  const next = withSession(state, event.board, { isSending: false });
  return {
    ...next,
    needsLogIn: state.needsLogIn || event.problem.status === 401,
    problems: { ...state.problems, [event.board]: event.problem },
  };
}

/** What a person has to do, and how long it is waited for. @param {any} event */
function atTheBench({ text, into, time, until }) {
  const left = Date.parse(until) - Date.parse(time);
  return { text, into: into ?? 'bootloader', left_ms: Number.isNaN(left) ? null : left };
}

/** @type {Record<string, (state: Bench, event: any) => Bench>} */
const rules = {
  snapshot: (state, event) => (event.state ? snapshot(state, event) : snapshotOfAll(state, event)),
  boards: (state, event) => withBoards(state, event.boards),
  board: (state, event) => withBoard(state, event.state),
  removed: (state, event) => withoutBoard(state, event.board),
  job: (state, event) => ended(withMap(state, event.board, event.map, false), event.job),
  stage: (state, event) => ({ ...state, manual: without(state.manual, event.board) }),
  warning: (state, event) => ({
    ...state,
    warnings: {
      ...state.warnings,
      [event.job]: [...new Set([...(state.warnings[event.job] ?? []), event.text])],
    },
  }),
  recovery: (state, event) => ({
    ...state,
    recoveries: {
      ...state.recoveries,
      [event.job]: [...(state.recoveries[event.job] ?? []), event],
    },
  }),
  step: (state, { job, step, ok, said }) => ({
    ...state,
    visits: {
      ...state.visits,
      [job]: [...(state.visits[job] ?? []).filter((one) => one.step !== step), { step, ok, said }],
    },
  }),
  tried: (state, { job, reset, boot0, answered }) => ({
    ...state,
    tried: {
      ...state.tried,
      [job]: [
        ...(state.tried[job] ?? []).filter((one) => one.reset !== reset || one.boot0 !== boot0),
        { reset, boot0, answered },
      ],
    },
  }),
  jobs: (state, event) => event.jobs.reduce(withJob, state),
  progress,
  manual: (state, event) => ({
    ...state,
    manual: { ...state.manual, [event.board]: atTheBench(event) },
  }),
  device: (state, event) => ({
    ...state,
    devices: { ...state.devices, [event.board]: event.device },
  }),
  optionBytes: (state, event) => ({
    ...state,
    optionBytes: { ...state.optionBytes, [event.board]: event.options },
  }),
  firmware: (state, event) => ({ ...state, firmware: event.firmware }),
  problem,
  accepted,
  sending: (state, event) => ({
    ...withSession(state, event.board, { isSending: true, job: null }),
    problems: without(state.problems, event.board),
  }),
  chosen: (state, event) =>
    withSession(state, event.board, {
      ...NO_SESSION,
      firmware: event.firmware,
      options: event.options ?? {},
    }),
  options: (state, event) => withSession(state, event.board, { options: event.options }),
  forget: (state, event) => ({
    ...state,
    sessions: without(state.sessions, event.board),
    problems: without(state.problems, event.board),
  }),
  consoleState: (state, event) => ({
    ...state,
    consoles: {
      ...state.consoles,
      [event.board]: { ...(state.consoles[event.board] ?? NO_CONSOLE), ...event.change },
    },
  }),
  group: (state, { change }) => ({
    ...state,
    needsLogIn: state.needsLogIn || change.problem?.status === 401,
    group: { ...state.group, ...change },
  }),
  /** null: it is over. What comes when it is over comes to nothing. */
  adding: (state, { begin, change }) => ({
    ...state,
    needsLogIn: state.needsLogIn || change?.problem?.status === 401,
    adding: begin ?? (change && state.adding ? { ...state.adding, ...change } : null),
  }),
  session: (state, event) => ({ ...state, session: event.session }),
  link: (state, event) => ({ ...state, link: event.link }),
};

/**
 * The next state. The same events give the same page; what a newer server says more is ignored.
 * @param {Bench} state @param {{type: string, [more: string]: any}} event
 * @returns {Bench}
 */
export function reduce(state, event) {
  return Object.hasOwn(rules, event.type) ? rules[event.type](state, event) : state;
}

/** A board's jobs, newest first. @param {Bench} state @param {string} board */
export const jobsOf = (state, board) =>
  Object.values(state.jobs)
    .filter((job) => job.board === board)
    .sort((a, b) => (a.id < b.id ? 1 : -1));

/** What a person asked for last, as far as it is known. @param {Bench} state @param {string} board */
export const jobAtHand = (state, board) => {
  const { planJob, job } = state.sessions[board] ?? NO_SESSION;
  return state.jobs[planJob ?? job ?? ''] ?? null;
};

/** The plan that a dry run ended with. @param {Job} job @returns {import('./types.js').Plan | null} */
export const planOf = (job) => job.result?.plan ?? (job.result?.write ? job.result : null);

/** @typedef {{kind: 'drop' | 'sending'} | {kind: 'work', job: Job}
 *   | {kind: 'plan', job: Job, plan: import('./types.js').Plan}
 *   | {kind: 'outcome', job: Job | null, problem: import('./types.js').ProblemBody | null}} View */

/**
 * What the flash panel of a board shows now.
 * @param {Bench} state @param {string} id @returns {View}
 */
export function viewOf(state, id) {
  const session = state.sessions[id] ?? NO_SESSION;
  const running = state.jobs[state.boards[id]?.job ?? session.planJob ?? session.job ?? ''];
  if (running && !FINAL.has(running.state)) return { kind: 'work', job: running };
  if (session.isSending) return { kind: 'sending' };
  if (state.problems[id]) return { kind: 'outcome', job: null, problem: state.problems[id] };
  const job = state.jobs[session.planJob ?? session.job ?? ''];
  if (!job) return { kind: 'drop' };
  if (!FINAL.has(job.state)) return { kind: 'work', job };
  const plan = job.id === session.planJob && job.state === 'done' ? planOf(job) : null;
  return plan ? { kind: 'plan', job, plan } : { kind: 'outcome', job, problem: null };
}
