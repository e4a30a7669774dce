// SPDX-License-Identifier: MIT
// Protection in words, and what a change of option bytes needs to say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bodyOf,
  changesOf,
  hexLines,
  isEditable,
  parsedValue,
  priceOf,
  protectionWords,
  sectorRanges,
  valueWords,
} from '../src/option-bytes.js';

const read = (more) => ({ readout_protected: false, write_protected_sectors: [], ...more });
const device = { readout_protected: false };

for (const [options, part, words] of [
  [null, null, ''],
  [null, device, 'not read yet'],
  [null, { readout_protected: true }, 'readout protected'],
  [read({}), device, 'nothing is protected'],
  [read({ write_protected_sectors: null }), device, 'readout open'],
  [read({ write_protected_sectors: [1, 2] }), device, '2 sectors write-protected'],
  [read({ write_protected_sectors: [1], readout_protected: true }), device, 'readout protected'],
])
  test(`protection: ${words || 'nothing known'}`, () => {
    assert.equal(protectionWords(options, part), words);
  });

test('sectors as ranges', () => {
  assert.equal(sectorRanges([]), '');
  assert.equal(sectorRanges([0, 1, 2, 7, 9, 10]), '0-2, 7, 9-10');
});

test('values are read as they are shown, and not beyond their field', () => {
  assert.equal(valueWords(1, 1), '1');
  assert.equal(valueWords(0x2a, 8), '0x2A');
  assert.equal(valueWords(0x40, 16), '0x0040');
  assert.equal(parsedValue(' 0x2a ', 8), 42);
  assert.equal(parsedValue('255', 8), 255);
  for (const text of ['256', '', '-1', '1.5', '0x', 'two', '99999999999'])
    assert.equal(parsedValue(text, 8), null, text);
});

const fields = [
  { name: 'RDP', value: 0xa5, bits: 8, risk: 'readout' },
  { name: 'nRST_STOP', value: 1, bits: 1, risk: 'plain' },
  { name: 'nBOOT1', value: 1, bits: 1, risk: 'boot' },
  { name: 'DBANK', value: 1, bits: 1, risk: 'geometry' },
  { name: 'BOOT_LOCK', value: 0, bits: 1, risk: 'lock' },
  { name: 'nWRP', value: 0xfff, bits: 12, risk: 'plain' },
  { name: 'WRP1A_STRT', value: 0, bits: 8, risk: 'plain' },
];

test('readout, write protection and locks are not edited by value', () => {
  assert.deepEqual(
    fields.filter(isEditable).map(({ name }) => name),
    ['nRST_STOP', 'nBOOT1', 'DBANK'],
  );
});

test('a value that was put back is no change', () => {
  assert.deepEqual(changesOf(fields, { nRST_STOP: 1 }), []);
  assert.deepEqual(changesOf(fields, { nRST_STOP: 0 }), [
    { name: 'nRST_STOP', from: 1, to: 0, risk: 'plain' },
  ]);
});

test('what costs something is asked for, and said to the server', () => {
  const plain = changesOf(fields, { nRST_STOP: 0 });
  assert.equal(priceOf(plain), '');
  assert.deepEqual(bodyOf(plain), { fields: { nRST_STOP: 0 } });
  const boot = changesOf(fields, { nBOOT1: 0, nRST_STOP: 0 });
  assert.match(priceOf(boot), /^nBOOT1 decides/);
  assert.deepEqual(bodyOf(boot), { fields: { nRST_STOP: 0, nBOOT1: 0 }, lose_bootloader: true });
  assert.match(priceOf(changesOf(fields, { DBANK: 0 })), /banks/);
});

test('raw bytes, sixteen a line', () => {
  assert.deepEqual(hexLines('a55aff00'), ['A5 5A FF 00']);
  assert.deepEqual(
    hexLines('00'.repeat(20)).map((line) => line.length),
    [47, 11],
  );
});
