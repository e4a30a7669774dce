// SPDX-License-Identifier: MIT
// How a board is flashed: what can be chosen, what is usual, and both in words. Pure.

/** @typedef {{value: string, label: string, help: string, summary?: string, isGrave?: boolean}} Choice
 * summary: what the closed panel says when this was chosen */
/** @typedef {{key: string, label: string, choices: Choice[]}} Option its first choice is the usual one */

/** @type {Option[]} */
export const OPTIONS = [
  {
    key: 'write',
    label: 'Write',
    choices: [
      {
        value: 'auto',
        label: 'Automatic',
        help: 'Only what differs, where the bootloader can tell quickly; else all of it.',
      },
      {
        value: 'changed',
        label: 'What differs',
        help: 'The part is read first; sectors that hold the same already are left alone.',
        summary: 'writes what differs',
      },
      {
        value: 'all',
        label: 'All of it',
        help: 'Every sector of the firmware, without looking first.',
        summary: 'writes all',
      },
    ],
  },
  {
    key: 'erase',
    label: 'Erase',
    choices: [
      {
        value: 'needed',
        label: 'What is needed',
        help: 'Only sectors that the firmware touches.',
      },
      {
        value: 'mass',
        label: 'The whole flash',
        help: 'Everything in the flash is lost, also settings that a program keeps there.',
        summary: 'erases the whole flash',
        isGrave: true,
      },
      {
        value: 'none',
        label: 'Nothing',
        help: 'For places that are blank already; elsewhere the verify fails.',
        summary: 'erases nothing',
        isGrave: true,
      },
    ],
  },
  {
    key: 'keep_neighbours',
    label: 'Beside it',
    choices: [
      {
        value: '',
        label: 'Is erased',
        help: 'What stands in the same sectors beside the firmware goes with the erase.',
      },
      {
        value: 'true',
        label: 'Is kept',
        help: 'It is read first and written back. Not with an erase of the whole chip.',
        summary: 'keeps what stands beside it',
      },
    ],
  },
  {
    key: 'verify',
    label: 'Verify',
    choices: [
      {
        value: 'auto',
        label: 'Automatic',
        help: 'By checksum where the bootloader has one; else what was written is read back.',
      },
      {
        value: 'crc',
        label: 'By checksum',
        help: 'The bootloader compares. Refused where it cannot.',
        summary: 'verifies by checksum',
      },
      {
        value: 'read',
        label: 'Read all back',
        help: 'All that the firmware names is read and compared.',
        summary: 'reads all back',
      },
      {
        value: 'none',
        label: 'Not at all',
        help: 'Nobody looks whether it took: a write that fails goes unseen.',
        summary: 'does not verify',
        isGrave: true,
      },
    ],
  },
  {
    key: 'run',
    label: 'Afterwards',
    choices: [
      { value: 'true', label: 'Start the program', help: 'By reset, or from the bootloader.' },
      {
        value: 'false',
        label: 'Stay in bootloader',
        help: 'The program does not run until Reset or Run is pressed.',
        summary: 'stays in the bootloader',
      },
    ],
  },
  {
    key: 'results',
    label: 'Its tests',
    choices: [
      { value: '', label: 'Are not waited for', help: 'The job ends when the program is started.' },
      {
        value: 'auto',
        label: 'Decide the outcome',
        help: 'The firmware tests itself and prints it as Unity, TAP or ztest do.',
        summary: 'waits for its tests',
      },
    ],
  },
  {
    key: 'baud',
    label: 'Rate',
    choices: [
      {
        value: '',
        label: "The board's",
        help: 'As it is configured; lowered by itself when the line is not good enough.',
      },
      ...[9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600].map((baud) => ({
        value: String(baud),
        label: `${baud} baud`,
        help:
          baud > 115200
            ? 'Fixed. Not every bootloader and cable can do this.'
            : 'Fixed: it is not lowered when errors go on.',
        summary: `${baud} baud`,
      })),
    ],
  },
  {
    key: 'burst',
    label: 'Blocks',
    choices: [
      {
        value: '',
        label: "The board's",
        help: 'As it is configured: at once, where the bootloader was seen to take it.',
      },
      {
        value: 'true',
        label: 'At once',
        help: 'Quicker with slow adapters; where the bootloader takes it.',
        summary: 'blocks at once',
      },
      {
        value: 'false',
        label: 'Step by step',
        help: 'Each step waits for its answer: slower, and asks least of the bootloader.',
        summary: 'blocks step by step',
      },
    ],
  },
];

/** @typedef {{key: string, label: string, help: string, type?: string}} Entry a text that is typed */

/** What the program is waited to say; not with its tests. @type {Entry[]} */
export const ENTRIES = [
  {
    key: 'expect',
    label: 'Wait for output',
    help: 'A regular expression: the job is good when the program printed it since its start.',
  },
  { key: 'fail', label: 'Fails with', help: 'One that ends the job as failed, at once.' },
  {
    key: 'timeout',
    label: 'At most',
    help: 'Seconds to wait for either; 60 where nothing is said.',
    type: 'number',
  },
];

/** Whether an entry means something with what else is chosen. @param {string} key @param {Record<string, any>} options */
export const isMeant = (key, options) =>
  String(options.run) !== 'false' &&
  (key === 'expect' ? !options.results : Boolean(options.results || options.expect));

/** What is typed and means something. @param {Record<string, any>} options */
const typed = (options) =>
  Object.fromEntries(
    ENTRIES.filter(
      ({ key }) => typeof options[key] === 'string' && options[key].trim() && isMeant(key, options),
    ).map(({ key }) => [key, options[key].trim()]),
  );

/** @param {Option} option @param {Record<string, any>} options */
export const choiceOf = (option, options) =>
  option.choices.find(({ value }) => value === String(options[option.key] ?? '')) ??
  option.choices[0];

/**
 * What is kept: known names with known values, without the usual ones. Whatever an older page
 * left in the browser does not reach the server.
 * @param {Record<string, any> | null} options @returns {Record<string, string>}
 */
export function unusual(options) {
  /** @type {Record<string, string>} */
  const kept = {};
  for (const option of OPTIONS) {
    const { value } = choiceOf(option, options ?? {});
    if (value !== option.choices[0].value) kept[option.key] = value;
  }
  if (kept.run === 'false') delete kept.results; // what does not run says nothing
  return { ...kept, ...typed({ ...options, run: kept.run, results: kept.results }) };
}

/** "erases the whole flash, 921600 baud"; '': all as usual. @param {Record<string, any>} options */
export const optionWords = (options) =>
  [
    ...OPTIONS.map((option) => choiceOf(option, options).summary),
    options.expect && `waits for ${options.expect}`,
  ]
    .filter(Boolean)
    .join(', ');

/** Whether something is chosen that can lose content. @param {Record<string, any>} options */
export const isGrave = (options) => OPTIONS.some((option) => choiceOf(option, options).isGrave);
