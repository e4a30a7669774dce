// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  againWords,
  chosenOf,
  firmwareOf,
  forewarnings,
  headingOf,
  isOver,
  keptOf,
  markOf,
  membersAfter,
  membersWithout,
  NO_GROUP,
  outcomeOf,
  rowsOf,
  setsOf,
  summaryOf,
  toggled,
  unsettled,
  worthAgain,
  worthAnyway,
} from '../src/group.js';
import { EMPTY, reduce } from '../src/reduce.js';

const board = (id, more = {}) => ({
  id,
  label: id.toUpperCase(),
  tags: [],
  state: 'idle',
  control: 'lines',
  job: null,
  ...more,
});
const job = (id, of, state, more = {}) => ({ id, board: of, kind: 'flash', state, ...more });
const part = (job, refusal = null, label = 'X') => ({ label, job, refusal });
const image = { sha256: 'ab', format: 'bin', bytes: 3 };
const play = (group, jobs, ...boards) =>
  [
    { type: 'boards', boards },
    { type: 'jobs', jobs },
    { type: 'group', change: group },
  ].reduce(reduce, EMPTY);
const states = (bench) => rowsOf(bench).map(({ id, state }) => `${id} ${state}`);

const failure = { title: 'It differs', detail: 'at 0x0', status: 502, code: 'verify_failed' };
const none = { title: 'No program', detail: 'no vectors', status: 422, code: 'not_an_application' };
const absent = { title: 'Absent', detail: 'no port', status: 503, code: 'port_absent' };

test('tags are sets, in order; a press takes all of one or, when all are there, none', () => {
  const bench = play(
    {},
    [],
    board('c', { tags: ['new'] }),
    board('a', { tags: ['mice', 'new'] }),
    board('b'),
  );
  assert.deepEqual(setsOf(bench), [
    { tag: '', ids: ['c', 'a', 'b'] },
    { tag: 'mice', ids: ['a'] },
    { tag: 'new', ids: ['c', 'a'] },
  ]);
  assert.deepEqual(toggled(['a'], ['c', 'a']), ['a', 'c']);
  assert.deepEqual(toggled(['a', 'b', 'c'], ['c', 'a']), ['b']);
  assert.deepEqual(toggled([], []), []);
});

test('who was chosen stays chosen through events; who was removed is not flashed', () => {
  const bench = [
    { type: 'board', board: 'a', state: board('a', { state: 'busy' }) },
    { type: 'snapshot', boards: [board('b'), board('a')] },
    { type: 'removed', board: 'b' },
  ].reduce(reduce, play({ picked: ['b', 'a'] }, [], board('a'), board('b')));
  assert.deepEqual(bench.group.picked, ['b', 'a']);
  assert.deepEqual(chosenOf(bench), ['a']);
});

test('what will go otherwise is said before', () => {
  const bench = play(
    { picked: ['a', 'b', 'c', 'd'] },
    [],
    board('a', { state: 'absent' }),
    board('b', { state: 'absent' }),
    board('c', { state: 'busy', control: 'manual' }),
    board('d'),
    board('e', { state: 'absent' }),
  );
  const [gone, busy, byHand] = forewarnings(bench);
  assert.match(gone, /^A, B are not connected now/);
  assert.match(busy, /^C is at work/);
  assert.match(byHand, /^C is put .* by hand/);
  assert.deepEqual(forewarnings({ ...bench, group: { ...NO_GROUP, picked: ['d'] } }), []);
});

test('the answer gives each board its part; who was not asked again keeps his', () => {
  const before = play({ members: { a: part('1', null, 'A') } }, [], board('a'), board('b'));
  const members = membersAfter(before, ['b', 'c', 'd'], {
    jobs: [job('2', 'b', 'queued')],
    refused: [{ ...absent, board: 'd' }],
  });
  assert.deepEqual(members.a, part('1', null, 'A'));
  assert.deepEqual(members.b, part('2', null, 'B'));
  assert.equal(members.c.refusal.code, 'no_such_board');
  assert.equal(members.d.refusal.code, 'port_absent');
});

test('whose job is lost has no part in it, who refused keeps his', () => {
  const members = { a: part('1'), b: part('2'), c: part(null, absent) };
  assert.deepEqual(Object.keys(membersWithout(members, ['1'])), ['b', 'c']);
});

const everything = play(
  {
    members: {
      gone: part('5', null, 'It was'),
      f: part(null, absent),
      a: part('1'),
      b: part('2'),
      c: part('3'),
      d: part('4'),
      e: part('unknown'),
    },
  },
  [
    job('1', 'a', 'done', { result: { written_bytes: 10, verified: 'read' } }),
    job('2', 'b', 'running'),
    job('3', 'c', 'failed', { error: failure }),
    job('4', 'd', 'failed', { error: none }),
    job('5', 'gone', 'interrupted', { error: { ...failure, retryable: true } }),
  ],
  ...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => board(id)),
);

test('rows stand as the bench does, those that are gone last, and are counted', () => {
  assert.deepEqual(states(everything), [
    'a done',
    'b working',
    'c failed',
    'd failed',
    'e waiting',
    'f refused',
    'gone interrupted',
  ]);
  const rows = rowsOf(everything);
  assert.equal(
    summaryOf(rows),
    '1 done, 2 failed, 1 interrupted, 1 refused, 1 under way, 1 waiting',
  );
  assert.equal(rows.at(-1).label, 'It was');
  assert.equal(rows.at(-1).isHere, false);
});

test('tried again is what may end better and is there', () => {
  const ids = (rows) => rows.map(({ id }) => id);
  assert.deepEqual(ids(worthAgain(rowsOf(everything))), ['c', 'f']);
  assert.deepEqual(ids(worthAnyway(rowsOf(everything))), ['d']);
});

test('an outcome is a word and a sentence', () => {
  const [done, , failed, , , refused] = rowsOf(everything);
  assert.deepEqual(outcomeOf(done), {
    word: 'Done',
    title: '',
    text: '10 bytes written, verified.',
  });
  assert.deepEqual(outcomeOf(failed), { word: 'Failed', title: 'It differs', text: 'At 0x0.' });
  const cancelled = { ...failed, state: 'cancelled' };
  assert.deepEqual(outcomeOf(cancelled), { word: 'Cancelled', title: '', text: 'At 0x0.' });
  assert.deepEqual(outcomeOf(refused), { word: 'Refused', title: 'Absent', text: 'No port.' });
});

for (const [list, words] of [
  [['failed'], 'Try the failed one again'],
  [['failed', 'cancelled'], 'Try the failed ones again'],
  [['cancelled', 'cancelled'], 'Flash them after all'],
])
  test(`again: ${list}`, () => {
    assert.equal(againWords(list.map((state) => ({ state }))), words);
  });

for (const [name, list, heading, mark] of [
  ['under way', ['done', 'working'], 'Flashing 2 boards', '1/2 '],
  ['all', ['done', 'done'], 'All 2 boards are done', '✓ '],
  ['one', ['done'], 'The board is done', '✓ '],
  ['some', ['done', 'failed', 'refused'], '1 of 3 boards is done', '✕ '],
  ['none', ['failed', 'refused'], 'No board is done', '✕ '],
])
  test(`heading: ${name}`, () => {
    const rows = list.map((state) => ({ state }));
    assert.equal(headingOf(rows), heading);
    assert.equal(markOf(rows), mark);
  });

test('a job that may have ended unheard is asked for, one that its board does is not', () => {
  const bench = play(
    { members: { a: part('1'), b: part('2'), c: part('3'), d: part(null, absent), e: part('5') } },
    [job('1', 'a', 'running'), job('2', 'b', 'running'), job('3', 'c', 'done')],
    board('a', { job: '1' }),
    board('b'),
    board('c'),
    board('d'),
    board('e'),
  );
  assert.deepEqual(unsettled(bench), ['2', '5']);
  assert.deepEqual(unsettled(bench, 'e'), ['5']);
  assert.deepEqual(unsettled(bench, 'a'), []);
});

test('a file is sent once; after a reload the jobs name it', () => {
  const file = Object.assign(new Blob(['abc']), { name: 'x.bin' });
  const group = { ...NO_GROUP, firmware: file, members: { a: part('1') } };
  const jobs = { 1: job('1', 'a', 'done', { image, name: 'y.bin' }) };
  assert.deepEqual(firmwareOf({ jobs, group }), { sha256: 'ab', name: 'x.bin', bytes: 3 });
  assert.equal(firmwareOf({ jobs: {}, group }), file);
  assert.equal(keptOf(group).firmware, null);
  assert.deepEqual(firmwareOf({ jobs, group: keptOf(group) }), {
    sha256: 'ab',
    name: 'y.bin',
    bytes: 3,
  });
  assert.equal(firmwareOf({ jobs: {}, group: keptOf(group) }), null);
  assert.equal(keptOf({ ...group, members: {} }), null);
});

test('a refusal for want of credentials asks for them', () => {
  const state = reduce(EMPTY, { type: 'group', change: { problem: { title: '', status: 401 } } });
  assert.equal(state.needsLogIn, true);
  assert.ok(rowsOf(state).every(isOver));
});
