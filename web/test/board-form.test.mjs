// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  completed,
  draftOf,
  idFor,
  idProblem,
  likelyPort,
  newPorts,
  portFacts,
  portPath,
  portTitle,
  refusedIn,
  settingsOf,
  slug,
  sortedPorts,
  wrongIn,
} from '../src/board-form.js';

const FTDI = {
  name: '/dev/ttyUSB0',
  description: 'FT232R USB UART',
  stable_path: '/dev/serial/by-id/usb-FTDI_FT232R_A5-if00-port0',
  usb: { vendor_id: '0403', product_id: '6001', serial: 'A5', product: 'FT232R USB UART' },
  board: null,
  program: null,
};
const ONBOARD = { name: '/dev/ttyS0', description: null, stable_path: null, usb: null };
const TAKEN = { ...FTDI, name: '/dev/ttyUSB1', stable_path: null, board: 'mouse' };
const fresh = (change = {}) => ({ ...draftOf('', null), port: '/dev/ttyS0', id: 'b', ...change });

test('a port has a name for a person, a path that stays, and its facts', () => {
  assert.equal(portTitle(FTDI), 'FT232R USB UART');
  assert.equal(portPath(FTDI), FTDI.stable_path);
  assert.equal(portFacts(FTDI), 'ttyUSB0 · A5');
  assert.equal(portTitle(ONBOARD), 'ttyS0');
  assert.equal(portPath(ONBOARD), '/dev/ttyS0');
  assert.equal(portFacts(ONBOARD), '');
  assert.deepEqual(sortedPorts([ONBOARD, FTDI]), [FTDI, ONBOARD]);
});

test('the port that is meant is chosen only when it is sure', () => {
  assert.equal(likelyPort([], []), '');
  assert.equal(likelyPort([FTDI, TAKEN], []), FTDI.stable_path, 'the only free one');
  assert.equal(likelyPort([ONBOARD], []), '', 'a port that every computer has');
  assert.equal(likelyPort([FTDI, ONBOARD], []), FTDI.stable_path, 'the only free adapter');
  const other = { ...FTDI, name: '/dev/ttyUSB2', stable_path: null };
  assert.equal(likelyPort([FTDI, other], []), '', 'one of two');
  assert.equal(likelyPort([FTDI, other], ['/dev/ttyUSB2']), '/dev/ttyUSB2', 'just plugged in');
  assert.equal(likelyPort([{ ...FTDI, program: 'minicom (pid 1)' }], []), '', 'somebody has it');
});

test('what was plugged in is known from the second look on', () => {
  assert.deepEqual(newPorts(null, [FTDI]), []);
  assert.deepEqual(newPorts([ONBOARD], [ONBOARD, FTDI]), ['/dev/ttyUSB0']);
  assert.deepEqual(newPorts([ONBOARD, FTDI], [ONBOARD]), []);
});

test('an id follows the name until it is typed, and is free', () => {
  assert.equal(slug('Äpfel & Mäuse #2'), 'a-pfel-ma-use-2');
  assert.equal(slug('x'.repeat(40)).length, 32);
  assert.equal(idFor('Mouse', ['mouse', 'mouse-2']), 'mouse-3');
  assert.equal(idFor('y'.repeat(32), ['y'.repeat(32)]), `${'y'.repeat(30)}-2`);
  const named = completed(fresh({ label: 'Left mouse' }), [], []);
  assert.equal(named.id, 'left-mouse');
  assert.equal(completed(fresh({ port: FTDI.stable_path }), [FTDI], []).id, 'ft232r-usb-uart');
  assert.equal(completed(fresh({ label: 'x', id: 'mine', isIdTyped: true }), [], []).id, 'mine');
  assert.match(idProblem('Mouse', []), /Small letters/);
  assert.match(idProblem('', []), /Small letters/);
  assert.match(idProblem('mouse', ['mouse']), /Another board/);
  assert.equal(idProblem('mouse-2', ['mouse']), '');
});

test('each wiring becomes its kind of control', () => {
  const controlOf = (change) => settingsOf(fresh(change)).control;
  assert.equal(controlOf({ wiring: 'find' }), undefined, 'the server’s own, until it is found');
  assert.deepEqual(controlOf({ wiring: 'manual' }), { kind: 'manual' });
  assert.deepEqual(controlOf({ wiring: 'lines', reset: 'dtr', boot0: '' }), {
    kind: 'lines',
    reset: 'dtr',
  });
  assert.deepEqual(controlOf({ wiring: 'gpio', resetPin: '17', boot0Pin: '!27' }), {
    kind: 'gpio',
    chip: '/dev/gpiochip0',
    reset: 17,
    boot0: '!27',
  });
  assert.deepEqual(controlOf({ wiring: 'console', send: 'dfu', sendEnd: '\r\n' }), {
    kind: 'console',
    send: 'dfu\r\n',
  });
});

test('settings go into the form and come back as they were', () => {
  const boards = [
    { port: '/p', label: 'b', tags: [], control: { kind: 'manual', wait_s: 30 } },
    {
      port: '/p',
      label: 'B',
      tags: ['x', 'y'],
      control: { kind: 'lines', reset: '!dtr', boot0: 'rts', pulse_ms: 5 },
      console: { baud: 921600, frame: '8E1', log: true },
      bootloader: { baud: 57600, burst: true },
      recovery: { reattach_s: 5 },
      expect_unique_id: null,
    },
    { port: '/p', label: 'b', tags: [], control: { kind: 'gpio', chip: '/dev/g', reset: '!4' } },
    { port: '/p', label: 'b', tags: [], control: { kind: 'console', send: 'go\n', wait_ms: 9 } },
  ];
  for (const settings of boards)
    assert.deepEqual(settingsOf(draftOf('b', settings), settings), settings);
});

test('a wiring that is to be found leaves the one that was until then', () => {
  const before = { port: '/p', control: { kind: 'lines', reset: 'rts' } };
  const draft = { ...draftOf('b', before), wiring: 'find' };
  assert.deepEqual(settingsOf(draft, before).control, before.control);
});

test('rates and frame that were emptied are the server’s own again', () => {
  const before = { port: '/p', console: { baud: 9600, frame: '8E1' }, bootloader: { baud: 9600 } };
  const draft = { ...draftOf('b', before), baud: '', frame: '', bootloaderBaud: 'auto' };
  const after = settingsOf(draft, before);
  assert.equal(after.console, undefined);
  assert.deepEqual(after.bootloader, { baud: 'auto' });
});

test('what is missing or contradicts itself is said at its field', () => {
  assert.deepEqual(wrongIn(fresh(), []), {});
  assert.deepEqual(Object.keys(wrongIn(fresh({ port: '', id: 'A' }), [])), ['port', 'id']);
  assert.deepEqual(Object.keys(wrongIn(fresh({ wiring: 'lines', reset: '', boot0: '' }), [])), [
    'reset',
  ]);
  assert.deepEqual(
    Object.keys(wrongIn(fresh({ wiring: 'lines', reset: '!rts', boot0: 'rts' }), [])),
    ['boot0'],
  );
  assert.deepEqual(Object.keys(wrongIn(fresh({ wiring: 'gpio' }), [])), ['resetPin']);
  assert.deepEqual(Object.keys(wrongIn(fresh({ wiring: 'console', send: '' }), [])), ['send']);
});

test('what the server refused stands at its field, or above all', () => {
  const problem = { title: 'Bad', status: 422, code: 'bad_settings', detail: 'all of it' };
  assert.deepEqual(refusedIn(null, 'find'), {});
  assert.deepEqual(refusedIn(problem, 'find'), { '': 'all of it' });
  assert.deepEqual(refusedIn({ ...problem, code: 'port_taken' }, 'find'), { port: 'all of it' });
  const errors = [
    { pointer: '#/control/reset', detail: 'a' },
    { pointer: '#/tags/2', detail: 'b' },
    { pointer: '#/console/baud', detail: 'c' },
    { pointer: '#/recovery', detail: 'd' },
  ];
  assert.deepEqual(refusedIn({ ...problem, errors }, 'gpio'), {
    resetPin: 'a',
    tags: 'b',
    baud: 'c',
    '': 'd',
  });
});
