// SPDX-License-Identifier: MIT
// What a problem's code and status say about what to do next. Pure.

/** It is the connection: the doctor has a look. */
const CONNECTION_CODES = new Set([
  'no_answer',
  'bad_reply',
  'bootloader_not_entered',
  'control_failed',
  'port_absent',
  'port_busy',
  'port_failed',
]);

/** The firmware itself is at fault: the same again would end the same. */
const FIRMWARE_STATUS = new Set([415, 422]);

/** @param {import('./types.js').ProblemBody | null} problem */
export const isOfConnection = (problem) => CONNECTION_CODES.has(problem?.code ?? '');

/** @param {import('./types.js').ProblemBody | null} problem @param {boolean} isFlash */
export const isWorthAgain = (problem, isFlash) =>
  Boolean(problem && (problem.retryable || (isFlash && !FIRMWARE_STATUS.has(problem.status))));
