// SPDX-License-Identifier: MIT
// The shapes of the interface (docs: api), as far as the page looks at them.

/** @typedef {'absent' | 'idle' | 'busy' | 'bootloader'} BoardState */
/** @typedef {{number: number, address: string, length: number}} Sector */
/** @typedef {{product_id?: string, name?: string | null, family?: string | null,
 *   bootloader_version?: string, commands?: (string | number)[], flash_bytes?: number | null,
 *   unique_id?: string | null, readout_protected?: boolean, sectors?: Sector[]}} Device */
/** @typedef {{id: string, label: string, tags: string[], state: BoardState, since: string,
 *   port: string, control: string, configured: 'file' | 'api', power: 'on' | 'off' | 'unknown' | null, cause: string | null, device: Device | null,
 *   job: string | null, lease: object | null,
 *   quarantine: {job: string, since: string, reason: string, address?: string,
 *     length?: number} | null,
 *   console: {stream: string, offset: number, baud: number, frame: string, writers?: 'one' | 'any',
 *     writer?: {who: string, since: string, viewer: number | null} | null},
 *   image: {sha256: string, flashed_at: string, by: string, name?: string | null} | null}} Board */
/** @typedef {{type?: string, title: string, status: number, detail?: string, code?: string,
 *   stage?: string, address?: string, retryable?: boolean, board?: string, job?: Job | null,
 *   errors?: {detail: string, pointer: string}[]}} ProblemBody */
/** A serial port; program: who else has it open.
 * @typedef {{name: string, description?: string | null, stable_path?: string | null,
 *   usb?: {vendor_id: string, product_id: string, serial?: string | null, manufacturer?: string | null,
 *   product?: string | null} | null, board?: string | null, program?: string | null}} Port */
/** @typedef {{sector?: number, address: string, length: number}} Range */
/** @typedef {{erase: Range[], write: Range[], skipped_bytes: number, estimated_seconds: number,
 *   warnings: string[]}} Plan */
/** @typedef {{stage: string, done: number, total: number, address?: string,
 *   bytes_per_second?: number, seconds_left?: number | null}} Progress */
/** @typedef {{id: string, board: string, kind: string, state: string, created: string,
 *   started: string | null, finished: string | null, name?: string | null,
 *   parameters?: Record<string, any> | null,
 *   image: {sha256: string, format: string, bytes: number} | null, progress: Progress | null,
 *   result: any, error: ProblemBody | null}} Job */
/** @typedef {{sha256: string, name: string | null, bytes: number, added?: string,
 *   used?: string}} Firmware */
/** @typedef {{name: string, value: number, bits: number,
 *   risk: 'plain' | 'readout' | 'boot' | 'geometry' | 'lock', text: string}} OptionField */
/** @typedef {{read_at: string, address: string, bytes: string, bank2: string | null,
 *   readout_level: number | null, write_protected_sectors: number[] | null,
 *   fields: OptionField[], writable: boolean, readout_protected: boolean}} OptionBytes */
/** @typedef {'unknown' | 'planned' | 'erasing' | 'erased' | 'writing' | 'written' | 'verified'
 *   | 'failed' | 'unchanged' | 'locked'} SectorState */
/** @typedef {{number: number, state: SectorState, done?: number}} SectorMark */
/** What a person has to do with jumper and button; left_ms: how long it is waited for.
 * @typedef {{text: string, into: 'bootloader' | 'application', left_ms: number | null,
 *   isOver?: boolean}} AtTheBench */
/** A session that failed in the middle of a job, and what was done about it.
 * @typedef {{kind: string, stage: string, address?: string, text: string}} Recovery */

/** @typedef {{step: string, ok: boolean, said: string}} DoctorStep */
/** A wiring that the probe tried. @typedef {{reset: string, boot0?: string, answered: boolean}} Tried */

export {};
