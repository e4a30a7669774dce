// SPDX-License-Identifier: MIT
// Figures, times and states in words. Pure.

const KIB = 1024;
const MIB = KIB * KIB;

/** Keeps a figure and its unit on one line. */
const JOIN = '\u00a0';

/** @param {number} value */
const count = (value) => value.toLocaleString('en-GB');

/** "16 KiB", "1.5 MiB", "300 B". @param {number} bytes */
export function size(bytes) {
  if (bytes >= MIB) return `${trim(bytes / MIB)}${JOIN}MiB`;
  if (bytes >= KIB) return `${trim(bytes / KIB)}${JOIN}KiB`;
  return `${bytes}${JOIN}B`;
}

/** @param {number} value */
const trim = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, ''));

/** "12,044 bytes". @param {number} bytes */
export const bytes = (bytes) => `${count(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`;

/** @param {number} value @param {string} one @param {string} [many] */
export const plural = (value, one, many = `${one}s`) =>
  `${count(value)} ${value === 1 ? one : many}`;

/** A server's remark as a sentence of its own. @param {string} text */
export const sentence = (text) =>
  text && `${text[0].toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;

/** "0.4 s", "12 s", "3 min 5 s". @param {number} seconds */
export function duration(seconds) {
  if (seconds < 10) return `${trim(Math.max(0, seconds))}${JOIN}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${JOIN}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** "just now", "5 min ago", "2 days ago". @param {string | null | undefined} time @param {number} now */
export function ago(time, now = Date.now()) {
  const then = time ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(then)) return '';
  const seconds = (now - then) / 1000;
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86400) return `${plural(Math.round(seconds / 3600), 'hour')} ago`;
  return `${plural(Math.round(seconds / 86400), 'day')} ago`;
}

/** Local date and time. @param {string | null | undefined} time */
export const clock = (time) => (time ? new Date(time).toLocaleString() : '');

/** @param {string | null | undefined} from @param {string | null | undefined} to */
export const between = (from, to) =>
  from && to ? duration((Date.parse(to) - Date.parse(from)) / 1000) : '';

/** @param {number} value */
export const hex = (value) => `0x${value.toString(16).toUpperCase().padStart(8, '0')}`;

/** @type {Record<string, string>} */
const STATES = {
  absent: 'Not connected',
  idle: 'Ready',
  busy: 'Working',
  bootloader: 'In bootloader',
};
/** Quiet because its supply is off. @param {import('./types.js').Board} board */
const isOff = ({ power, state }) => power === 'off' && (state === 'idle' || state === 'absent');
/** @param {import('./types.js').Board} board */
export const stateWord = (board) =>
  isOff(board) ? 'Powered off' : (STATES[board.state] ?? board.state);
/** @param {import('./types.js').Board} board */
export const stateClass = (board) => `state-${isOff(board) ? 'absent' : board.state}`;

/** @type {Record<string, string>} how reset and BOOT0 are driven */
const CONTROLS = {
  manual: 'by hand (BOOT0 and reset)',
  lines: 'DTR and RTS',
  gpio: 'GPIO lines',
  console: 'the firmware itself, asked to',
  command: 'a command',
};
/** @param {string} control */
export const controlWords = (control) => CONTROLS[control] ?? control;

/** @type {Record<string, [string, string]>} what is being done, what was done */
const KINDS = {
  flash: ['Flashing', 'Flash'],
  plan: ['Working out the plan', 'Plan'],
  verify: ['Comparing', 'Compare'],
  erase: ['Erasing', 'Erase'],
  read: ['Reading out', 'Read out'],
  go: ['Starting the program', 'Run'],
  reset: ['Resetting', 'Reset'],
  identify: ['Identifying', 'Identify'],
  protect: ['Changing the protection', 'Protection'],
  power: ['Switching the power', 'Power'],
  expect: ['Waiting for output', 'Wait for output'],
  doctor: ['Finding out what is wrong', 'Doctor'],
  probe: ['Finding the wiring', 'Wiring'],
  option_bytes: ['Working on the option bytes', 'Option bytes'],
};
/** @param {string} kind */
export const kindDoing = (kind) => KINDS[kind]?.[0] ?? kind;
/** @param {string} kind */
export const kindName = (kind) => KINDS[kind]?.[1] ?? kind;

/** A dry run is a kind of its own to a person. @param {import('./types.js').Job} job */
export const kindOf = (job) =>
  job.kind === 'flash' && job.parameters?.dry_run ? 'plan' : job.kind;

/** @type {Record<string, string>} */
const OUTCOMES = {
  queued: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};
/** @param {string} state */
export const outcomeWord = (state) => OUTCOMES[state] ?? state;

/** The stages that a job of this kind goes through. @type {Record<string, string[]>} */
const STAGES = {
  flash: ['connect', 'plan', 'erase', 'write', 'verify', 'run'],
  plan: ['connect', 'plan'],
  verify: ['connect', 'verify'],
  erase: ['connect', 'erase'],
  read: ['connect', 'read'],
  go: ['connect', 'run'],
  reset: ['connect', 'run'],
  identify: ['connect'],
  protect: ['connect', 'write'],
  option_bytes: ['connect', 'read', 'write', 'verify'],
  power: ['run'],
  expect: ['run', 'expect'],
};
/** @param {string} kind */
export const stagesOf = (kind) => STAGES[kind] ?? ['connect'];

/** @type {Record<string, string>} */
const STAGE_WORDS = {
  connect: 'Connect',
  plan: 'Plan',
  erase: 'Erase',
  write: 'Write',
  verify: 'Verify',
  read: 'Read',
  run: 'Run',
};
/** @param {string} stage */
export const stageWord = (stage) => STAGE_WORDS[stage] ?? stage;

/** @param {import('./types.js').Job} job */
export const isFinal = (job) => !['queued', 'running'].includes(job.state);

/** @type {Record<string, string>} */
const STARTED = {
  reset: 'restarted by reset',
  go: 'started from the bootloader',
  power: 'started by switching its power',
};

/** What a finished job achieved, in a sentence. @param {import('./types.js').Job} job */
export function achieved(job) {
  const result = job.result ?? {};
  if (job.kind === 'verify') return comparison(result);
  if (job.kind === 'flash' && result.written_bytes !== undefined) return flashed(result);
  if (job.kind === 'power' && result.power) return powered(result);
  if (job.kind === 'identify') return identified(result);
  if (job.kind === 'protect') return protectedWords(result);
  if (job.kind === 'option_bytes') return optionsWords(result);
  if (job.kind === 'doctor' && result.title) return `${result.title}.`;
  if (job.kind === 'probe' && result.text) return result.text;
  if (job.kind === 'erase' && result.erased_sectors)
    return `${plural(result.erased_sectors.length, 'sector')} erased.`;
  return '';
}

/** @type {Record<string, string>} how it was seen that the power went or came */
const PROOFS = {
  port: 'its port is back',
  silence: 'it neither speaks nor answers',
  words: 'the board speaks',
  answer: 'its bootloader answers',
};

/** @param {{power: string, proof: string | null}} result */
function powered({ power, proof }) {
  const how = proof === 'port' && power === 'off' ? 'its port went with it' : PROOFS[proof ?? ''];
  return `The power is ${power}${how ? `: ${how}` : ''}.`;
}

/** @param {any} result */
function protectedWords({ readout_protected: held, write_protected_sectors: sectors }) {
  if (held) return 'The part is readout protected.';
  if (sectors)
    return sectors.length
      ? `${plural(sectors.length, 'sector')} write-protected.`
      : 'No sector is write-protected.';
  return held === false ? 'The part can be read and written.' : '';
}

/** @param {any} result */
function optionsWords({ changed }) {
  if (!changed) return 'Read.';
  if (changed.length === 0) return 'Nothing was to change.';
  const words = changed.map(
    (/** @type {any} */ { name, from, to }) => `${name} from ${from} to ${to}`,
  );
  return `${words.join(', ')}.`;
}

/** @param {import('./types.js').Device} device */
function identified({ name, product_id: id, flash_bytes: flash }) {
  if (!id) return '';
  return `${name ?? `A part with the product id ${id}`}${flash ? `, ${size(flash)} of flash` : ''}.`;
}

/** @type {Record<string, string>} */
const VERIFIED = { none: 'not verified', read: 'verified', crc: 'verified by checksum' };

/** @param {any} result */
function flashed(result) {
  const parts = [`${bytes(result.written_bytes)} written`];
  if (result.skipped_bytes)
    parts.push(`${bytes(result.skipped_bytes)} not sent (blank, or there already)`);
  if (result.verified) parts.push(VERIFIED[result.verified] ?? 'verified');
  if (result.started) parts.push(STARTED[result.started] ?? 'started');
  if (result.seconds !== undefined) parts.push(`in ${duration(result.seconds)}`);
  const spoke = result.console_spoke ? ' It spoke on the console.' : '';
  return `${parts.join(', ').replace(/, in /, ' in ')}.${spoke}`;
}

/** @param {number} count */
const times = (count) => (count === 1 ? '' : count === 2 ? ' twice' : ` ${count} times`);

/** @type {Record<string, (count: number) => string>} */
const CURES = {
  rewrite: (count) => `${plural(count, 'block')} ${count === 1 ? 'was' : 'were'} written again`,
  resync: (count) => `both sides were brought back in step${times(count)}`,
  restart: (count) => `the bootloader was entered anew${times(count)}`,
  power: (count) => `its power was switched off and on${times(count)}`,
  slower: (count) => `the rate was lowered${times(count)}`,
  reattach: (count) => `the adapter vanished and came back${times(count)}`,
};

/**
 * What had to be mended on the way, in a sentence; '': nothing.
 * @param {Record<string, number> | undefined} recoveries
 */
export function mended(recoveries = {}) {
  const parts = Object.entries(CURES).flatMap(([kind, words]) =>
    recoveries[kind] ? [words(recoveries[kind])] : [],
  );
  return parts.length ? `Mended on the way: ${parts.join('; ')}.` : '';
}

/** What the line was like: "115200 baud, blocks at once, answers in 16 ms". @param {any} result */
export function linkWords(result) {
  const { baud, burst, turnaround_ms: turnaround } = result ?? {};
  const parts = [];
  if (baud) parts.push(`${baud}${JOIN}baud`);
  if (burst) parts.push('blocks at once');
  if (turnaround >= 0.1) parts.push(`answers in ${trim(turnaround)}${JOIN}ms`);
  return parts.join(', ');
}

/**
 * "0x08004000 to 0x08007FFF, 16 KiB"; only the size where the addresses are said already.
 * @param {{address?: string, length?: number}} range
 */
export function rangeWords({ address, length }, said = '') {
  if (!address || !length) return '';
  if (said.includes(address)) return size(length);
  const start = Number(address);
  return `${hex(start)} to ${hex(start + length - 1)}, ${size(length)}`;
}

/** @param {any} result */
function comparison(result) {
  if (result.match) return 'The part holds exactly this firmware.';
  const where = result.address ?? result.first_difference ?? result.mismatch_address;
  return `The part differs${where ? `, first at ${where}` : ''}.`;
}

/** "47 %". @param {number} done @param {number} total */
export const percent = (done, total) => `${Math.floor((done / total) * 100)}${JOIN}%`;

/**
 * What firmware is called: as it was named, else as the shelf names it, else by its hash.
 * @param {{sha256: string, name?: string | null}} image @param {import('./types.js').Firmware[]} shelf
 */
export const imageName = (image, shelf) =>
  image.name ?? shelf.find((one) => one.sha256 === image.sha256)?.name ?? image.sha256.slice(0, 12);
