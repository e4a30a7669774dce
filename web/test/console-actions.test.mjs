// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { consoleActions } from '../src/console-actions.js';
import { NO_CONSOLE } from '../src/reduce.js';

const { showPast } = consoleActions;
const wish = (at) => ({ board: 'b', at, stream: '' });

/** What was asked of the server, each to be answered when the test says so. */
let asked;
let state;
const house = {
  console: () => state,
  dispatch: ({ change }) => {
    state = { ...state, ...change };
  },
};

beforeEach(() => {
  asked = [];
  state = NO_CONSOLE;
  globalThis.document = { baseURI: 'http://bench.test/' };
  globalThis.fetch = (url) =>
    new Promise((answer) => asked.push({ url: String(url), answer: (body) => answer(body) }));
});
afterEach(() => {
  delete globalThis.document;
});

const past = (text) => new Response(text, { headers: { 'console-stream': 's' } });

test('a place stays, when the end that was asked for before it comes late', async () => {
  const end = showPast(house, wish(null));
  const place = showPast(house, wish(7));
  asked[1].answer(past('the place'));
  await place;
  asked[0].answer(past('the end'));
  await end;
  assert.deepEqual(state.past, { at: 7, stream: 's', text: 'the place' });
  assert.equal(state.asked.at, 7);
});

test('a place is asked for as soon as it is wished', async () => {
  const place = showPast(house, wish(0));
  assert.equal(state.asked.at, 0);
  assert.equal(state.past, null);
  asked[0].answer(past('x'));
  await place;
});

test('a plot waits for its own past', async () => {
  state = { ...NO_CONSOLE, past: { at: null, stream: 's', text: 'short' } };
  const long = showPast(house, { ...wish(null), isLong: true });
  assert.equal(state.past, null);
  asked[0].answer(past('long'));
  await long;
  assert.equal(state.past.text, 'long');
});

test('a refused place is said, and what comes in now is followed again', async () => {
  const place = showPast(house, wish(7));
  asked[0].answer(
    Response.json({ title: 'Gone', detail: 'Too old.', status: 410 }, { status: 410 }),
  );
  await place;
  assert.equal(state.problem, 'Too old.');
  assert.equal(state.asked, null);
});
