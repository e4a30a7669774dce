// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY, jobsOf, planOf, reduce, viewOf } from '../src/reduce.js';

const board = (more = {}) => ({ id: 'f103', label: 'F103', state: 'idle', job: null, ...more });
const job = (id, state, more = {}) => ({ id, board: 'f103', kind: 'flash', state, ...more });
const play = (...events) => events.reduce(reduce, EMPTY);
const here = { type: 'boards', boards: [board()] };
const dry = { parameters: { dry_run: true } };
const plan = { erase: [], write: [], skipped_bytes: 0, estimated_seconds: 1, warnings: [] };

test('an unknown event changes nothing', () => {
  assert.equal(reduce(EMPTY, { type: 'toString' }), EMPTY);
  assert.equal(reduce(EMPTY, { type: 'of a newer server' }), EMPTY);
});

test('a list replaces what was known, an event changes one', () => {
  const state = play(
    { type: 'boards', boards: [board({ id: 'old' })] },
    { type: 'boards', boards: [board(), board({ id: 'f407' })] },
    { type: 'board', board: 'f103', state: board({ state: 'absent' }) },
  );
  assert.deepEqual(state.order, ['f103', 'f407']);
  assert.equal(state.boards.f103.state, 'absent');
});

test('a board that comes is shown, one that was removed is not', () => {
  const come = { type: 'snapshot', board: 'f407', state: board({ id: 'f407' }), device: null };
  const gone = { type: 'removed', board: 'f103' };
  const state = play(here, { type: 'chosen', board: 'f103', firmware: null }, come, gone);
  assert.deepEqual(state.order, ['f407']);
  assert.deepEqual(Object.keys(state.boards), ['f407']);
  assert.deepEqual(state.sessions, {});
});

/** Something of the board in each part of the state that is by board. */
const lived = [
  here,
  { type: 'chosen', board: 'f103', firmware: null },
  { type: 'device', board: 'f103', device: { product_id: '0x410', sectors: [] } },
  { type: 'optionBytes', board: 'f103', options: { fields: [] } },
  { type: 'consoleState', board: 'f103', change: { problem: 'No such pattern' } },
  { type: 'progress', board: 'f103', stage: 'erase', map: { sectors: [] } },
  { type: 'manual', board: 'f103', text: 'Set BOOT0', into: 'bootloader' },
  { type: 'problem', board: 'f103', problem: { title: 'Refused', status: 409 } },
];
const BY_BOARD = ['boards', 'consoles', 'devices', 'manual', 'marks', 'optionBytes', 'problems'];
BY_BOARD.push('progress', 'sessions');
const holding = (state, id) => Object.keys(state).filter((part) => id in Object(state[part]));

test('all that is of a board goes with it, by an event or out of the list', () => {
  assert.deepEqual(holding(play(...lived), 'f103').sort(), BY_BOARD);
  for (const gone of [
    { type: 'removed', board: 'f103' },
    { type: 'boards', boards: [board({ id: 'f407' })] },
    { type: 'snapshot', boards: [board({ id: 'f407' })] },
  ]) {
    const state = play(...lived, gone);
    assert.deepEqual(holding(state, 'f103'), ['removed'], gone.type);
    assert.equal(state.removed.f103, 'F103');
  }
});

test('a board that is added again is not a removed one', () => {
  const gone = [...lived, { type: 'removed', board: 'f103' }];
  const again = { type: 'board', board: 'f103', state: board({ label: 'Anew' }) };
  for (const back of [again, here]) assert.deepEqual(play(...gone, back).removed, {});
  assert.deepEqual(play({ type: 'removed', board: 'never here' }).removed, {});
});

test('a late reply does not take a job back', () => {
  for (const [first, late] of [
    ['done', 'running'],
    ['failed', 'queued'],
    ['running', 'queued'],
  ]) {
    const state = play(
      here,
      { type: 'job', board: 'f103', job: job('1', first) },
      { type: 'accepted', board: 'f103', job: job('1', late) },
    );
    assert.equal(state.jobs['1'].state, first);
  }
});

test('a snapshot starts the map afresh, progress adds to it', () => {
  const marks = (...list) => ({ version: 1, sectors: list });
  const state = play(
    { type: 'progress', board: 'f103', stage: 'erase', map: marks({ number: 9, state: 'erased' }) },
    { type: 'snapshot', state: board(), map: marks({ number: 0, state: 'erased' }), job: null },
    {
      type: 'progress',
      board: 'f103',
      stage: 'write',
      map: marks({ number: 1, state: 'written' }),
    },
    { type: 'progress', board: 'f103', stage: 'write' },
  );
  assert.deepEqual(Object.keys(state.marks.f103.sectors), ['0', '1']);
});

test('a snapshot of all fills boards, devices, maps and running jobs', () => {
  const running = job('1', 'running', { progress: { stage: 'write', done: 1, total: 2 } });
  const state = play({
    type: 'snapshot',
    boards: [board({ job: '1' })],
    jobs: [running],
    devices: { f103: { product_id: '0x410' }, f407: null },
    maps: { f103: { version: 3, sectors: [{ number: 4, state: 'written' }] } },
  });
  assert.equal(state.devices.f103.product_id, '0x410');
  assert.equal('f407' in state.devices, false);
  assert.equal(state.marks.f103.sectors[4].state, 'written');
  assert.equal(state.progress.f103.done, 1);
});

test('what the person must do stays until the next stage or the end', () => {
  const told = [
    here,
    {
      type: 'manual',
      board: 'f103',
      text: 'press reset',
      into: 'bootloader',
      time: '2026-11-26T10:00:00.000Z',
      until: '2026-11-26T10:01:00.000Z',
    },
  ];
  const connecting = { type: 'progress', board: 'f103', stage: 'connect', done: 0, total: 0 };
  assert.deepEqual(play(...told, connecting).manual.f103, {
    text: 'press reset',
    into: 'bootloader',
    left_ms: 60_000,
  });
  const next = { type: 'stage', board: 'f103', stage: 'erase' };
  assert.equal(play(...told, next).manual.f103, undefined);
  const end = { type: 'job', board: 'f103', job: job('1', 'failed') };
  assert.equal(play(...told, end).manual.f103, undefined);
});

test('what was mended is kept in its order, with its job', () => {
  const mended = (job, kind) => ({ type: 'recovery', board: 'f103', job, kind, text: kind });
  const state = play(here, mended('1', 'resync'), mended('2', 'restart'), mended('1', 'rewrite'));
  const kinds = (job) => state.recoveries[job].map(({ kind }) => kind);
  assert.deepEqual(kinds('1'), ['resync', 'rewrite']);
  assert.deepEqual(kinds('2'), ['restart']);
});

test('a new file is flashed as the board remembers it', () => {
  const chosen = (options) => ({ type: 'chosen', board: 'f103', firmware: {}, options });
  const state = play(
    here,
    chosen({ erase: 'mass' }),
    { type: 'options', board: 'f103', options: { erase: 'mass', address: '0x08004000' } },
    chosen({ erase: 'mass' }),
  );
  assert.deepEqual(state.sessions.f103.options, { erase: 'mass' });
});

test('a 401 asks for a log-in, boards that come end it', () => {
  const refused = { type: 'problem', board: '', problem: { title: 'no', status: 401 } };
  assert.equal(play(refused).needsLogIn, true);
  assert.equal(play(refused, here).needsLogIn, false);
});

const views = [
  ['nothing at hand', [], 'drop'],
  ['a file is being sent', [{ type: 'sending', board: 'f103' }], 'sending'],
  [
    'a request was refused',
    [{ type: 'problem', board: 'f103', problem: { title: 'no' } }],
    'outcome',
  ],
  [
    'a job of someone else runs',
    [
      { type: 'board', state: board({ state: 'busy', job: '1' }) },
      { type: 'job', board: 'f103', job: job('1', 'running') },
    ],
    'work',
  ],
  ['it ended', [{ type: 'job', board: 'f103', job: job('1', 'done') }], 'outcome'],
  [
    'a plan is being made',
    [{ type: 'accepted', board: 'f103', job: job('1', 'queued', dry) }],
    'work',
  ],
  [
    'a plan is there',
    [
      { type: 'accepted', board: 'f103', job: job('1', 'queued', dry) },
      { type: 'job', board: 'f103', job: job('1', 'done', { ...dry, result: { plan } }) },
    ],
    'plan',
  ],
  [
    'a plan was put away',
    [
      { type: 'accepted', board: 'f103', job: job('1', 'done', { ...dry, result: { plan } }) },
      { type: 'forget', board: 'f103' },
    ],
    'drop',
  ],
  [
    'a job of someone else ends while a plan is on show',
    [
      { type: 'accepted', board: 'f103', job: job('1', 'done', { ...dry, result: { plan } }) },
      { type: 'job', board: 'f103', job: job('2', 'done') },
    ],
    'plan',
  ],
  [
    'planning failed',
    [{ type: 'accepted', board: 'f103', job: job('1', 'failed', { ...dry, error: {} }) }],
    'outcome',
  ],
];
for (const [name, events, kind] of views)
  test(`the panel when ${name}: ${kind}`, () => {
    assert.equal(viewOf(play(here, ...events), 'f103').kind, kind);
  });

test('history: a board of its own, newest first', () => {
  const state = play({
    type: 'jobs',
    jobs: [job('1', 'done'), job('3', 'done'), { ...job('2', 'done'), board: 'f407' }],
  });
  assert.deepEqual(
    jobsOf(state, 'f103').map(({ id }) => id),
    ['3', '1'],
  );
});

test('a plan is found in the result, where there is one', () => {
  assert.equal(planOf(job('1', 'done', { result: { plan } })), plan);
  assert.equal(planOf(job('1', 'failed', { result: null })), null);
});

test('what the doctor did and the probe tried is kept once, with its job', () => {
  const step = (job, name, ok) => ({
    type: 'step',
    board: 'f103',
    job,
    step: name,
    ok,
    said: name,
  });
  const tried = (reset, boot0) => ({ type: 'tried', job: '2', reset, boot0, answered: false });
  const state = play(
    here,
    step('1', 'port', true),
    step('1', 'sync', false),
    step('1', 'port', true),
    tried('dtr', '!rts'),
    tried('dtr', undefined),
    tried('dtr', '!rts'),
  );
  assert.deepEqual(
    state.visits['1'].map((one) => one.step),
    ['sync', 'port'],
  );
  assert.equal(state.tried['2'].length, 2);
});
