// SPDX-License-Identifier: MIT
// The shipped programs, started for a test and ended after it: benchd in a temporary folder, and
// stm32sim boards on ptys. Nothing here sleeps: everything waits for a line, a message or an exit.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Viewer } from './viewer.mjs';

export { Viewer };

export const TOP = resolve(fileURLToPath(import.meta.url), '../../..');
export const BUILD = resolve(process.env.BENCHD_BUILD ?? join(TOP, 'build/debug'));
const BENCHD = join(BUILD, 'server/benchd');
const STM32SIM = join(BUILD, 'simulator/stm32sim');
const START_MS = 30_000;
const WAIT_MS = 60_000;

/** Rejects with what() when the promise takes longer than ms. */
export function within(promise, ms, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what()} took longer than ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A child process: its output is kept, its lines can be waited for, its end is known. */
export class Program {
  constructor(argv, options = {}) {
    this.argv = argv;
    this.lines = [];
    this.errors = '';
    this.waiting = [];
    this.child = spawn(argv[0], argv.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    this.pid = this.child.pid;
    createInterface({ input: this.child.stdout }).on('line', (line) => this.#heard(line));
    this.child.stderr.on('data', (data) => {
      this.errors += data;
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal }));
    this.ended.then(
      () => this.#heard(null),
      () => this.#heard(null),
    );
  }

  #heard(line) {
    if (line !== null) this.lines.push(line);
    this.waiting = this.waiting.filter((waiter) => !waiter(line));
  }

  /** The first line that matches, already printed or to come. */
  line(pattern) {
    const found = this.lines.find((line) => pattern.test(line));
    if (found !== undefined) return Promise.resolve(found);
    const heard = new Promise((done, failed) => {
      this.waiting.push((line) => {
        if (line === null) failed(new Error(`${this.argv[0]} ended: ${this.errors}`));
        else if (pattern.test(line)) done(line);
        else return false;
        return true;
      });
    });
    return within(heard, START_MS, () => `${this.argv.join(' ')}: ${pattern}; ${this.errors}`);
  }

  async stop(signal = 'SIGTERM') {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return within(this.ended, WAIT_MS, () => `stopping ${this.argv[0]}`);
  }
}

/** Runs a program to its end. */
export async function run(argv, { input, ...options } = {}) {
  const child = spawn(argv[0], argv.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  const out = [];
  let errors = '';
  child.stdout.on('data', (data) => out.push(data));
  child.stderr.on('data', (data) => {
    errors += data;
  });
  child.stdin.on('error', () => {}); // a program that does not read its input to the end
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  const bytes = Buffer.concat(out);
  return { code, bytes, text: bytes.toString(), errors };
}

/** A simulated board behind a pty. */
export class Sim {
  constructor(dir, { id, part, options = [] }) {
    Object.assign(this, { id, part, options });
    this.link = join(dir, `${id}.tty`);
    this.socket = join(dir, `${id}.sock`);
  }

  async start() {
    this.program = new Program([
      STM32SIM,
      '--die-with-parent',
      '--part',
      this.part,
      '--link',
      this.link,
      '--control',
      this.socket,
      ...this.options,
    ]);
    await this.program.line(/^ready/);
    return this;
  }

  /** Says something to its control socket: "unplug", "replug", ... */
  async ctl(...words) {
    const { code, text, errors } = await run([STM32SIM, 'ctl', this.socket, ...words]);
    assert.equal(code, 0, `ctl ${words.join(' ')}: ${text}${errors}`);
    return text;
  }

  /** How benchd restarts this board. */
  get control() {
    const into = (mode) => [STM32SIM, 'ctl', this.socket, mode];
    return { kind: 'command', bootloader: into('bootloader'), application: into('application') };
  }
}

const SANITIZER = /AddressSanitizer|UndefinedBehavior|runtime error:|ThreadSanitizer|LeakSanitizer/;

/** benchd with its boards, in a folder of its own. */
export class Bench {
  /**
   * boards: [{id, part, options, ...members of the configuration}]. config: members to add.
   * The boards' simulators are started and stopped with it. env: variables for benchd alone.
   */
  constructor({ boards = [{ id: 'f103', part: 'f103rb' }], config = {}, args = [], env } = {}) {
    this.dir = mkdtempSync(join(tmpdir(), 'benchd-e2e-'));
    this.args = args;
    this.env = env;
    this.sims = {};
    this.config = {
      listen: ['127.0.0.1:0'],
      state_dir: join(this.dir, 'state'),
      boards: [],
      ...config,
    };
    for (const { id, part, options, ...more } of boards) {
      const sim = part && new Sim(this.dir, { id, part, options });
      if (sim) this.sims[id] = sim;
      const wired = sim ? { port: sim.link, control: sim.control } : {};
      this.config.boards.push({ id, ...wired, ...more });
    }
  }

  static async start(options) {
    const bench = new Bench(options);
    try {
      await Promise.all(Object.values(bench.sims).map((sim) => sim.start()));
      await bench.start();
    } catch (error) {
      await bench.clear();
      throw error;
    }
    return bench;
  }

  /** Starts benchd alone; also again, after stop() or kill(). */
  async start() {
    const file = join(this.dir, 'benchd.json');
    writeFileSync(file, JSON.stringify(this.config, null, 2));
    const env = { ...process.env, ...this.env };
    this.program = new Program([BENCHD, '--config', file, ...this.args], { env });
    const line = await this.program.line(/^listening on http/);
    this.url = line.replace(/^listening on /, '').replace(/\/$/, '');
    this.port = Number(new URL(this.url).port);
    // A board whose port is there is idle as soon as its thread has opened it.
    for (const id of Object.keys(this.sims))
      await this.until(id, (board) => board.state !== 'absent');
    return this;
  }

  /** A stop as a person asks for it: it must be clean. */
  async stop() {
    const { code, signal } = await this.program.stop();
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, this.program.errors);
    assert.doesNotMatch(this.program.errors, SANITIZER);
  }

  async kill() {
    await this.program.stop('SIGKILL');
  }

  /** After a test: everything ended, nothing left behind; fails when benchd died on its way. */
  async clear() {
    const died = this.program?.child.exitCode ?? null;
    try {
      if (this.program && died === null && this.program.child.signalCode === null)
        await this.stop();
      assert.ok(died === null || died === 0, `benchd ended with ${died}: ${this.program?.errors}`);
    } finally {
      await Promise.all(Object.values(this.sims).map((sim) => sim.program?.stop()));
      rmSync(this.dir, { recursive: true, force: true });
    }
  }

  get headers() {
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }

  async get(path, headers = {}) {
    const response = await fetch(this.url + path, { headers: { ...this.headers, ...headers } });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, headers: response.headers, text, body: parse(type, text) };
  }

  async board(id) {
    return (await this.get(`/api/v1/boards/${id}`)).body;
  }

  /** Waits until a board is as wished, told by its events and not by asking again and again. */
  async until(id, wish, ms = WAIT_MS) {
    const viewer = await Viewer.open(this, `/ws/v1/events`);
    try {
      return await viewer.until((seen) => {
        const board = seen.boards.get(id);
        return board && wish(board) ? board : undefined;
      }, ms);
    } finally {
      viewer.close();
    }
  }

  /** What a board has said since `from` ("reset", "flash", an offset), as soon as it holds the pattern. */
  async hears(id, pattern, from = 0) {
    const url = `${this.url}/api/v1/boards/${id}/console?from=${from}&follow=true`;
    const reply = await fetch(url, { headers: this.headers });
    const reader = reply.body.getReader();
    const decoder = new TextDecoder('latin1');
    let text = '';
    try {
      while (!pattern.test(text)) {
        const { done, value } = await within(
          reader.read(),
          WAIT_MS,
          () => `${pattern} from ${id}, which said: ${text}`,
        );
        assert.ok(!done, `the console ended after: ${text}`);
        text += decoder.decode(value, { stream: true });
      }
      return text;
    } finally {
      await reader.cancel();
    }
  }

  /** curl as a person or a script calls it; args may name paths of this bench by a leading "/api". */
  async curl(...args) {
    const started = Date.now();
    const real = args.map((arg) =>
      /^\/(api|healthz|ws|problems)/.test(arg) ? this.url + arg : arg,
    );
    const result = await run([
      'curl',
      '-sS',
      '-g',
      '--noproxy',
      '*',
      '--max-time',
      '120',
      ...(this.token ? ['-H', `Authorization: Bearer ${this.token}`] : []),
      ...real,
    ]);
    let json;
    try {
      json = JSON.parse(result.text);
    } catch {
      json = undefined;
    }
    return { ...result, json, ms: Date.now() - started };
  }

  /** POST with JSON or bytes, by fetch. */
  async post(path, body, headers = {}) {
    const isJson = body !== undefined && !(body instanceof Uint8Array) && typeof body !== 'string';
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: {
        ...this.headers,
        ...(isJson ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      body: isJson ? JSON.stringify(body) : body,
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, headers: response.headers, text, body: parse(type, text) };
  }
}

function parse(type, text) {
  return /json/.test(type) && !/ndjson/.test(type) && text ? JSON.parse(text) : undefined;
}

/** LD_PRELOAD for benchd with a library of tests/port; a sanitizer that it is linked with comes first. */
export async function preload(name) {
  const { text } = await run(['ldd', BENCHD]);
  const sanitizer = text.match(/=> (\S*lib[at]san\S*)/)?.[1];
  const library = join(BUILD, 'tests/port', `libbenchd_${name}.so`);
  return [...(sanitizer ? [sanitizer] : []), library].join(' ');
}

/** The firmware that the tree ships: firmware('f103', 'hex') is a path. */
export function firmware(part, format, name = 'hello') {
  return join(TOP, 'simulator/firmware/out', `${part}-${name}.${format}`);
}

/** /proc figures of a process. */
export function figures(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))[1]);
  return {
    rss_kib: field('VmRSS'),
    threads: field('Threads'),
    fds: readdirSync(`/proc/${pid}/fd`).length,
  };
}

/** A firmware file made large enough to watch: the f103's image with data behind it. */
export function bigImage(dir, bytes, seed = 1) {
  const image = Buffer.alloc(bytes);
  let state = seed;
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    image[i] = state >>> 24;
  }
  readFileSync(firmware('f103', 'bin')).copy(image);
  const path = join(dir, `big-${bytes}-${seed}.bin`);
  writeFileSync(path, image);
  return path;
}
