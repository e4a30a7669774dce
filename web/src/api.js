// SPDX-License-Identifier: MIT
// The REST interface; with stream.js the only network user. Paths are relative to the page, so
// that everything works under a path prefix.

/** What the server refused, or that it could not be reached (status 0). */
export class Problem extends Error {
  /** @param {import('./types.js').ProblemBody} body */
  constructor(body) {
    super(body.detail || body.title);
    this.title = body.title;
    this.detail = body.detail ?? '';
    this.status = body.status;
    this.code = body.code ?? '';
    this.job = body.job ?? null;
    this.body = body;
  }
}

/** @param {unknown} error @returns {import('./types.js').ProblemBody} */
export function problemOf(error) {
  if (error instanceof Problem) return error.body;
  return { title: 'The page failed', detail: String(error), status: 0 };
}

const UNREACHABLE = {
  title: 'The server cannot be reached',
  detail: 'Nothing was sent. Is benchd running, and is this machine still on the network?',
  status: 0,
  code: 'unreachable',
};

/** @param {string} path @param {Record<string, string | number | boolean | undefined>} [query] */
export function address(path, query = {}) {
  const url = new URL(path, document.baseURI);
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(key, String(value));
  return url;
}

/** @param {Response} response @returns {Promise<Problem>} */
async function refusalOf(response) {
  const fallback = {
    title: response.statusText || 'The server refused',
    detail: `The answer was ${response.status} without an explanation; a proxy may have given it.`,
    status: response.status,
  };
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '')) return new Problem(fallback);
  return new Problem({ ...fallback, ...(await response.json()) });
}

/**
 * @param {string} method @param {string} path
 * @param {{query?: Record<string, any>, body?: BodyInit | null, headers?: Record<string, string>}} [options]
 * @returns {Promise<Response>}
 */
async function request(method, path, { query, body, headers } = {}) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(address(path, query), { method, body, headers, cache: 'no-store' });
  } catch (error) {
    throw new Problem({ ...UNREACHABLE, detail: `${UNREACHABLE.detail} (${error})` });
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** @param {string} path @param {Record<string, any>} [query] */
const get = async (path, query) => (await request('GET', path, { query })).json();

const ASYNC = { Prefer: 'respond-async' };

/** @param {string} path @param {unknown} [json] */
const post = (path, json) =>
  request('POST', path, {
    body: json === undefined ? null : JSON.stringify(json),
    headers: json === undefined ? ASYNC : { ...ASYNC, 'Content-Type': 'application/json' },
  });

/** @param {string} id */
const boardPath = (id) => `api/v1/boards/${encodeURIComponent(id)}`;

/** @returns {Promise<{boards: import('./types.js').Board[]}>} */
export const getBoards = () => get('api/v1/boards');
/** @returns {Promise<{ports: import('./types.js').Port[]}>} */
export const getPorts = () => get('api/v1/ports');
/** As they were put. @param {string} board @returns {Promise<Record<string, any>>} */
export const getSettings = (board) => get(`${boardPath(board)}/settings`);
/** Adds a board, or changes one. @param {string} board @param {Record<string, any>} settings @returns {Promise<import('./types.js').Board>} */
export const putBoard = async (board, settings) =>
  (
    await request('PUT', boardPath(board), {
      body: JSON.stringify(settings),
      headers: { 'Content-Type': 'application/json' },
    })
  ).json();
/** @param {string} board */
export const deleteBoard = (board) => request('DELETE', boardPath(board));
/** @param {string} board @returns {Promise<import('./types.js').Device>} */
export const getDevice = (board) => get(`${boardPath(board)}/device`);
/** @returns {Promise<{firmware: import('./types.js').Firmware[]}>} */
export const getFirmware = () => get('api/v1/firmware');
/** @param {string} board @returns {Promise<{jobs: import('./types.js').Job[]}>} */
export const getJobs = (board, limit = 30) => get('api/v1/jobs', { board, limit });
/** @param {string} id @returns {Promise<import('./types.js').Job>} */
export const getJob = (id) => get(`api/v1/jobs/${encodeURIComponent(id)}`);
/** @param {string} id */
export const cancelJob = (id) => request('DELETE', `api/v1/jobs/${encodeURIComponent(id)}`);

/**
 * An image to where it starts something; answered at once.
 * @param {string} path @param {File | import('./types.js').Firmware} firmware
 * @param {Record<string, any>} query
 */
async function sendImage(path, firmware, query) {
  const isFile = firmware instanceof Blob;
  const response = await request('POST', path, {
    query: {
      ...query,
      name: firmware.name || undefined,
      firmware: isFile ? undefined : firmware.sha256,
    },
    body: isFile ? firmware : null,
    headers: isFile ? { ...ASYNC, 'Content-Type': 'application/octet-stream' } : ASYNC,
  });
  return response.json();
}

/**
 * flash or verify: starts the job and answers with it.
 * @param {string} board @param {'flash' | 'verify'} verb
 * @param {File | import('./types.js').Firmware} firmware @param {Record<string, any>} [query]
 * @returns {Promise<import('./types.js').Job>}
 */
export const startImageJob = (board, verb, firmware, query = {}) =>
  sendImage(`${boardPath(board)}/${verb}`, firmware, query);

/**
 * Boards flashed together: the job of each that took one, and why the others did not.
 * @param {string[]} boards @param {File | import('./types.js').Firmware} firmware
 * @param {Record<string, any>} query @returns {Promise<import('./group.js').Answer>}
 */
export async function flashGroup(boards, firmware, query) {
  try {
    return await sendImage('api/v1/flash', firmware, { ...query, boards: boards.join(',') });
  } catch (error) {
    if (error instanceof Problem && error.body.code === 'group_failed')
      return /** @type {any} */ (error.body); // none took it: each says why
    throw error;
  }
}

/**
 * identify, erase, go, reset, power: starts the job and answers with it at once.
 * @param {string} board @param {string} verb @param {object} [parameters]
 * @returns {Promise<import('./types.js').Job>}
 */
export const startJob = async (board, verb, parameters) =>
  (await post(`${boardPath(board)}/${verb}`, parameters)).json();

/**
 * protection, option-bytes: what is put there; starts the job and answers with it at once.
 * @param {string} board @param {string} what @param {object} parameters
 * @returns {Promise<import('./types.js').Job>}
 */
export const putJob = async (board, what, parameters) =>
  (
    await request('PUT', `${boardPath(board)}/${what}`, {
      body: JSON.stringify(parameters),
      headers: { ...ASYNC, 'Content-Type': 'application/json' },
    })
  ).json();

/** As last read; null: never. @param {string} board @returns {Promise<import('./types.js').OptionBytes | null>} */
export async function getOptionBytes(board) {
  try {
    return await get(`${boardPath(board)}/option-bytes`);
  } catch (error) {
    if (error instanceof Problem && error.code === 'never_read') return null;
    throw error;
  }
}

/**
 * The part's memory as a file.
 * @param {string} board @param {Record<string, any>} [query]
 */
export async function readMemory(board, query) {
  const response = await request('POST', `${boardPath(board)}/read`, { query });
  const said = /filename="?([^";]+)/.exec(response.headers.get('content-disposition') ?? '');
  return { name: said?.[1] ?? `${board}.bin`, blob: await response.blob() };
}

/** A part of a console's past as NDJSON. @param {string} board @param {Record<string, any>} query */
export async function readPast(board, query) {
  const response = await request('GET', `${boardPath(board)}/console`, {
    query,
    headers: { Accept: 'application/x-ndjson' },
  });
  return {
    stream: response.headers.get('console-stream') ?? '',
    text: await response.text(),
  };
}
/** @param {string} board @param {Record<string, any>} query */
export const readConsole = async (board, query) =>
  (await request('GET', `${boardPath(board)}/console`, { query })).blob();
/** @param {string} board @param {Record<string, any>} query */
export const searchConsole = (board, query) => get(`${boardPath(board)}/console/search`, query);
/** @param {string} board @param {{baud: number, frame: string}} settings */
export const setConsole = (board, settings) =>
  request('PUT', `${boardPath(board)}/console/settings`, {
    body: JSON.stringify(settings),
    headers: { 'Content-Type': 'application/json' },
  });

/** @param {string} token */
export const logIn = (token) =>
  request('POST', 'api/v1/session', {
    body: JSON.stringify({ token }),
    headers: { 'Content-Type': 'application/json' },
  });
/** @returns {Promise<{required: boolean, name: string | null, role: string | null}>} */
export const getSession = () => get('api/v1/session');
export const logOut = () => request('DELETE', 'api/v1/session');
