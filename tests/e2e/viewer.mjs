// SPDX-License-Identifier: MIT
// A WebSocket client of benchd: keeps the console bytes with their offsets and the events.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import WebSocket from 'ws';

export class Viewer {
  constructor(socket) {
    this.socket = socket;
    this.events = [];
    this.boards = new Map();
    this.jobs = new Map();
    this.pieces = [];
    this.from = undefined; // the offset of the first byte
    this.next = undefined; // the offset of the byte that comes next
    this.gaps = [];
    this.wishes = new Set();
    this.closed = once(socket, 'close').then(([code, reason]) => ({ code, reason: `${reason}` }));
    this.closed.catch(() => {});
    socket.on('message', (data, isBinary) => {
      if (isBinary) this.#bytes(data);
      else this.#event(JSON.parse(data));
      for (const look of this.wishes) look();
    });
    socket.on('close', () => {
      for (const look of this.wishes) look();
    });
  }

  /** bench: {url, headers}. Throws an Error with .status where the upgrade is refused. */
  static async open(bench, path, { headers = {}, protocol = 'benchd.v1', ...options } = {}) {
    const socket = new WebSocket(
      bench.url.replace(/^http/, 'ws') + path,
      protocol ? [protocol] : [],
      {
        headers: { ...bench.headers, ...headers },
        perMessageDeflate: false,
        ...options,
      },
    );
    const viewer = new Viewer(socket);
    const refused = once(socket, 'unexpected-response').then(([, response]) => {
      socket.on('error', () => {});
      socket.terminate();
      throw Object.assign(new Error(`refused: ${response.statusCode}`), {
        status: response.statusCode,
        response,
      });
    });
    refused.catch(() => {});
    await Promise.race([once(socket, 'open'), refused]);
    return viewer;
  }

  #bytes(data) {
    const offset = Number(data.readBigUInt64BE(0));
    const bytes = data.subarray(8);
    if (this.next === undefined) this.from = offset;
    else assert.equal(offset, this.next, 'console bytes follow each other');
    this.next = offset + bytes.length;
    this.pieces.push(Buffer.from(bytes));
  }

  #event(event) {
    assert.equal(typeof event.type, 'string');
    this.events.push(event);
    if (event.type === 'gap') {
      this.gaps.push(event);
      this.next = event.to ?? this.next;
    }
    const boards =
      event.boards ?? (event.state && typeof event.state === 'object' ? [event.state] : []);
    for (const board of boards) this.boards.set(board.id, board);
    const jobs = event.jobs ?? (event.job && typeof event.job === 'object' ? [event.job] : []);
    for (const job of jobs) this.jobs.set(job.id, job);
  }

  get bytes() {
    return Buffer.concat(this.pieces);
  }

  get text() {
    return this.bytes.toString('latin1');
  }

  /** The first truthy answer of look(this), asked after every message. */
  until(look, ms = 60_000) {
    return new Promise((done, failed) => {
      const timer = setTimeout(() => {
        this.wishes.delete(ask);
        const last = this.events.slice(-5).map((event) => JSON.stringify(event).slice(0, 400));
        failed(new Error(`not seen in ${ms} ms: ${look}; last events: ${last.join('\n')}`));
      }, ms);
      const ask = () => {
        let answer;
        try {
          answer = look(this);
        } catch (error) {
          clearTimeout(timer);
          this.wishes.delete(ask);
          failed(error);
          return;
        }
        if (!answer && this.socket.readyState < WebSocket.CLOSING) return;
        clearTimeout(timer);
        this.wishes.delete(ask);
        if (answer) done(answer);
        else failed(new Error(`the viewer was closed before: ${look}`));
      };
      this.wishes.add(ask);
      ask();
    });
  }

  send(bytes) {
    this.socket.send(bytes);
  }

  close() {
    this.socket.close();
  }

  /** Goes without a word, as a browser that crashed. */
  abandon() {
    this.socket.terminate();
  }
}
