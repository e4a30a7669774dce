// SPDX-License-Identifier: MIT
// From when to when a console is searched, as a person says it and as the server takes it. Pure.

const MINUTE_MS = 60_000;

/** Those with minutes reach back from now. @type {{value: string, label: string, minutes?: number}[]} */
export const RANGES = [
  { value: '', label: 'everything' },
  { value: 'reset', label: 'since the last reset' },
  { value: 'flash', label: 'since the last flash' },
  { value: '10min', label: 'the last 10 minutes', minutes: 10 },
  { value: '1h', label: 'the last hour', minutes: 60 },
  { value: '1d', label: 'the last day', minutes: 24 * 60 },
  { value: 'between', label: 'from … to …' },
];

/** @param {string} local as an input's datetime-local has it; '': open */
const timeOf = (local) => (local ? new Date(local).toISOString() : undefined);

/**
 * What the server is asked for; null: it ends before it begins.
 * @param {string} choice one of RANGES @param {string} begin @param {string} end both for "between",
 *   local time; '': open @param {number} now in ms @returns {{from?: string, to?: string} | null}
 */
export function rangeOf(choice, begin, end, now) {
  const range = RANGES.find(({ value }) => value === choice);
  if (range?.minutes)
    return { from: new Date(now - range.minutes * MINUTE_MS).toISOString(), to: undefined };
  if (choice !== 'between') return { from: choice || undefined, to: undefined };
  const from = timeOf(begin);
  const to = timeOf(end);
  return from && to && from >= to ? null : { from, to };
}

/** A time as an input's datetime-local takes it, to the second. @param {number} ms */
export function localTime(ms) {
  const date = new Date(ms);
  const minutesEast = -date.getTimezoneOffset();
  return new Date(ms + minutesEast * MINUTE_MS).toISOString().slice(0, 19);
}
