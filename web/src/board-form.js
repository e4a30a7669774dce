// SPDX-License-Identifier: MIT
// What a person says of a board in the form, and the settings that it stands for (docs:
// configuration). Pure.

/** @typedef {import('./types.js').Port} Port */
/** @typedef {Record<string, any>} Settings as they are put */
/** All that the form holds, as it was typed.
 * @typedef {{port: string, label: string, id: string, isIdTyped: boolean, tags: string,
 *   wiring: string, reset: string, boot0: string, chip: string, resetPin: string,
 *   boot0Pin: string, send: string, sendEnd: string, baud: string, frame: string,
 *   bootloaderBaud: string}} Draft */

/** How a board can be brought into its bootloader, in words. "find" is no kind of control: it is found out. */
export const WIRINGS = [
  {
    wiring: 'find',
    title: 'Find it for me',
    text: 'DTR and RTS go to the board, you need not know how: every way is tried.',
  },
  {
    wiring: 'lines',
    title: 'DTR and RTS',
    text: 'You know which of them is reset and which is BOOT0.',
  },
  {
    wiring: 'manual',
    title: 'By hand',
    text: 'A jumper and a button. The page says when, and notices by itself.',
  },
  {
    wiring: 'console',
    title: 'The firmware does it',
    text: 'Its program jumps to the bootloader when it is told to.',
  },
  {
    wiring: 'gpio',
    title: 'GPIO of this computer',
    text: 'Pins beside the serial port, as on a Raspberry Pi.',
  },
];

/** Which of a modem line's levels does it. */
export const LINES = [
  ['', 'not wired'],
  ['dtr', 'DTR, when set'],
  ['!dtr', 'DTR, when cleared'],
  ['rts', 'RTS, when set'],
  ['!rts', 'RTS, when cleared'],
];
/** @type {Record<string, string>} */
export const ENDS = { '\r': 'Enter (CR)', '\n': 'LF', '\r\n': 'CR LF', '': 'nothing' };
export const FRAMES = ['8N1', '8E1', '8O1', '8N2'];
const ID_LENGTH = 32;

/** @type {Draft} as one finds most boards */
const FRESH = {
  port: '',
  label: '',
  id: '',
  isIdTyped: false,
  tags: '',
  wiring: 'find',
  reset: 'dtr',
  boot0: '!rts',
  chip: '/dev/gpiochip0',
  resetPin: '',
  boot0Pin: '',
  send: 'bootloader',
  sendEnd: '\r',
  baud: '',
  frame: '',
  bootloaderBaud: '',
};

/** @param {string} text what is typed, and how the line ends */
function splitEnd(text) {
  const sendEnd = /\r\n$|\r$|\n$|$/.exec(text)?.[0] ?? '';
  return { send: text.slice(0, text.length - sendEnd.length), sendEnd };
}

/** @param {Settings} control @returns {Partial<Draft>} */
function controlDraft({ kind, reset = '', boot0 = '', chip, send }) {
  if (kind === 'lines') return { wiring: kind, reset, boot0 };
  if (kind === 'gpio')
    return { wiring: kind, chip, resetPin: String(reset), boot0Pin: String(boot0) };
  if (kind === 'console') return { wiring: kind, ...splitEnd(send) };
  return { wiring: 'manual' };
}

/** The form of a board that is there; null: of a new one. @param {string} id @param {Settings | null} settings @returns {Draft} */
export function draftOf(id, settings) {
  if (!settings) return FRESH;
  const { console = {}, bootloader = {} } = settings;
  return {
    ...FRESH,
    id,
    isIdTyped: true,
    port: settings.port,
    label: settings.label ?? id,
    tags: (settings.tags ?? []).join(', '),
    baud: String(console.baud ?? ''),
    frame: console.frame ?? '',
    bootloaderBaud: String(bootloader.baud ?? ''),
    ...controlDraft(settings.control ?? { kind: 'manual' }),
  };
}

/** A name as an id. @param {string} text */
export function slug(text) {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, ID_LENGTH)
    .replace(/-+$/, '');
}

/** The slug, or with a number where it is taken. @param {string} label @param {string[]} taken */
export function idFor(label, taken) {
  const id = slug(label);
  if (!taken.includes(id)) return id;
  for (let n = 2; ; n++) {
    const other = `${id.slice(0, ID_LENGTH - 1 - String(n).length)}-${n}`;
    if (!taken.includes(other)) return other;
  }
}

/** The device's file, short. @param {Port} port */
const fileOf = (port) => port.name.split('/').pop() ?? port.name;

/** What a person calls it. @param {Port} port */
export const portTitle = (port) => port.usb?.product || port.description || fileOf(port);

/** Which stays the same when it is plugged in elsewhere. @param {Port} port */
export const portPath = (port) => port.stable_path ?? port.name;

/** Serial number and device. @param {Port} port */
export const portFacts = (port) =>
  [fileOf(port), port.usb?.serial].filter((fact) => fact && fact !== portTitle(port)).join(' · ');

/** USB adapters first, as they were plugged in. @param {Port[]} ports */
export const sortedPorts = (ports) =>
  [...ports].sort((a, b) => Number(Boolean(b.usb)) - Number(Boolean(a.usb)));

/**
 * The one that is meant, as far as one can tell: just plugged in, or the only free adapter; '': cannot tell.
 * @param {Port[]} ports @param {string[]} arrived
 */
export function likelyPort(ports, arrived) {
  const free = ports.filter(({ board, program }) => !board && !program);
  const sets = [free.filter(({ name }) => arrived.includes(name)), free.filter(({ usb }) => usb)];
  const sure = sets.find(({ length }) => length === 1);
  return sure ? portPath(sure[0]) : '';
}

/** Those that were not there before. @param {Port[] | null} before @param {Port[]} now @returns {string[]} */
export const newPorts = (before, now) =>
  before
    ? now.filter(({ name }) => !before.some((one) => one.name === name)).map(({ name }) => name)
    : [];

/** What follows from what was chosen or typed. @param {Draft} draft @param {Port[]} ports @param {string[]} taken ids */
export function completed(draft, ports, taken) {
  const port = ports.find((one) => portPath(one) === draft.port);
  const name = draft.label.trim() || (port ? portTitle(port) : '');
  return draft.isIdTyped ? draft : { ...draft, id: idFor(name, taken) };
}

/** A line of a chip: 27, "!27". @param {string} text */
const pinOf = (text) => (/^\d+$/.test(text) ? Number(text) : text);

/** @param {Draft} draft @returns {Settings | undefined} */
function controlOf(draft) {
  const { wiring, reset, boot0, chip, resetPin, boot0Pin } = draft;
  /** @param {Settings} pins */
  const wired = (pins) => Object.fromEntries(Object.entries(pins).filter(([, pin]) => pin !== ''));
  if (wiring === 'lines') return { kind: wiring, ...wired({ reset, boot0 }) };
  if (wiring === 'gpio')
    return { kind: wiring, chip, ...wired({ reset: pinOf(resetPin), boot0: pinOf(boot0Pin) }) };
  if (wiring === 'console') return { kind: wiring, send: draft.send + draft.sendEnd };
  return wiring === 'manual' ? { kind: wiring } : undefined;
}

/** A member with what was typed; nothing typed: without it. @param {Settings | undefined} before @param {string} name @param {unknown} value */
function withMember(before, name, value) {
  const { [name]: _, ...rest } = before ?? {};
  const now = value === '' ? rest : { ...rest, [name]: value };
  return Object.keys(now).length ? now : undefined;
}

/** @param {string} text */
const numberOr = (text) => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim());

/** Of the same kind it keeps its times. @param {Settings | undefined} before @param {Settings | undefined} now */
function keptControl(before, now) {
  if (!now) return before;
  if (!before || before.kind !== now.kind) return now;
  const { pulse_ms, settle_ms, wait_s, wait_ms } = before;
  return { pulse_ms, settle_ms, wait_s, wait_ms, ...now };
}

/**
 * The settings to put: what the form does not show stays as it was.
 * @param {Draft} draft @param {Settings} [before] @returns {Settings}
 */
export function settingsOf(draft, before = {}) {
  const console = withMember(before.console, 'baud', numberOr(draft.baud));
  const settings = {
    ...before,
    port: draft.port,
    label: draft.label.trim() || draft.id,
    tags: draft.tags.split(/[\s,]+/).filter(Boolean),
    control: keptControl(before.control, controlOf(draft)),
    console: withMember(console, 'frame', draft.frame),
    bootloader: withMember(before.bootloader, 'baud', numberOr(draft.bootloaderBaud)),
  };
  return JSON.parse(JSON.stringify(settings)); // without what is undefined
}

/** Why an id cannot be; '': it can. @param {string} id @param {string[]} taken */
export function idProblem(id, taken) {
  if (taken.includes(id)) return `Another board is called “${id}”.`;
  if (/^[a-z0-9-]{1,32}$/.test(id)) return '';
  return 'Small letters, digits and hyphens, at most 32.';
}

/** What is missing or wrong, field by field. @param {Draft} draft @param {string[]} taken @returns {Record<string, string>} */
export function wrongIn(draft, taken) {
  /** @type {Record<string, string>} */
  const wrong = {};
  if (!draft.port) wrong.port = 'Choose the port that the board is on.';
  const id = idProblem(draft.id, taken);
  if (id) wrong.id = id;
  if (draft.wiring === 'lines' && !draft.reset && !draft.boot0)
    wrong.reset = 'Say what is wired; if nothing is, choose “By hand”.';
  if (draft.wiring === 'lines' && draft.reset && draft.reset.slice(-3) === draft.boot0.slice(-3))
    wrong.boot0 = 'Reset and BOOT0 cannot be on the same line.';
  if (draft.wiring === 'gpio' && !draft.resetPin) wrong.resetPin = 'Which line resets the board?';
  if (draft.wiring === 'console' && !draft.send) wrong.send = 'What is to be typed?';
  return wrong;
}

/** @type {[RegExp, string][]} where a member of the settings stands in the form */
const FIELDS = [
  [/^#\/control\/reset/, 'reset'],
  [/^#\/control\/boot0/, 'boot0'],
  [/^#\/control\/chip/, 'chip'],
  [/^#\/control\/send/, 'send'],
  [/^#\/console\/baud/, 'baud'],
  [/^#\/console\/frame/, 'frame'],
  [/^#\/bootloader\/baud/, 'bootloaderBaud'],
  [/^#\/(port|label|tags)/, '$1'],
];
/** @type {Record<string, string>} */
const CODES = { port_taken: 'port', configuration_only: 'port', configured_in_file: 'id' };

/**
 * What the server refused, field by field; what no field can be found for stands under ''.
 * @param {import('./types.js').ProblemBody | null} problem @param {string} wiring
 * @returns {Record<string, string>}
 */
export function refusedIn(problem, wiring) {
  if (!problem) return {};
  const text = problem.detail || problem.title;
  if (!problem.errors?.length) return { [CODES[problem.code ?? ''] ?? '']: text };
  /** @type {Record<string, string>} */
  const refused = {};
  for (const { pointer, detail } of problem.errors) {
    const row = FIELDS.find(([pattern]) => pattern.test(pointer));
    const name = row ? (row[0].exec(pointer)?.[0] ?? '').replace(...row) : '';
    const isPin = wiring === 'gpio' && (name === 'reset' || name === 'boot0');
    refused[isPin ? `${name}Pin` : name] = detail;
  }
  return refused;
}
