// SPDX-License-Identifier: MIT
// The WebSockets: one board with its console, or the events of all. Connects again by itself.
import { address } from './api.js';

const FIRST_DELAY_MS = 400;
const LAST_DELAY_MS = 10000;
const STEADY_MS = 5000;
const CLOSE_REFUSED = 1008;
const CLOSE_REMOVED = 4404;

/** How long to wait before try number attempt (from 0). random: 0 to 1. @param {number} attempt */
export function retryDelay(attempt, random = Math.random()) {
  const whole = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return Math.round(whole * (0.7 + 0.3 * random));
}

/** @typedef {{onEvent: (event: any) => void, onLink: (link: 'open' | 'lost' | 'gone') => void,
 *   onBytes?: (offset: number, bytes: Uint8Array) => void,
 *   place?: () => {from?: number, stream?: string}}} Listener */

export class Stream {
  /** @param {string} path @param {Listener} listener */
  constructor(path, listener) {
    this.path = path;
    this.listener = listener;
    this.attempt = 0;
    this.isClosed = false;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.again = () => {
      if (document.visibilityState === 'visible' && this.timer) this.connect();
    };
    addEventListener('online', this.again);
    document.addEventListener('visibilitychange', this.again);
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const url = address(this.path, this.listener.place?.());
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url, 'benchd.v1');
    socket.binaryType = 'arraybuffer';
    const opened = { at: 0 };
    socket.onopen = () => {
      opened.at = Date.now();
      this.listener.onLink('open');
    };
    socket.onmessage = (message) => this.take(message.data);
    socket.onclose = (close) => {
      if (socket === this.socket) this.lost(close.code, opened.at);
    };
    this.socket = socket;
  }

  /** @param {string | ArrayBuffer} data */
  take(data) {
    if (typeof data === 'string') {
      this.listener.onEvent(JSON.parse(data));
      return;
    }
    const offset = Number(new DataView(data).getBigUint64(0));
    this.listener.onBytes?.(offset, new Uint8Array(data, 8));
  }

  /** @param {number} code @param {number} openedAt */
  lost(code, openedAt) {
    if (this.isClosed) return;
    if (openedAt && Date.now() - openedAt > STEADY_MS) this.attempt = 0;
    this.listener.onLink(code === CLOSE_REMOVED ? 'gone' : 'lost');
    if (code === CLOSE_REMOVED) return;
    const attempt = code === CLOSE_REFUSED ? 10 : this.attempt++;
    this.timer = setTimeout(() => this.connect(), retryDelay(attempt));
  }

  /** false: not connected, nothing was sent. @param {Uint8Array<ArrayBuffer>} bytes */
  send(bytes) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(bytes);
    return true;
  }

  /** A control message. @param {{type: string}} message */
  say(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    removeEventListener('online', this.again);
    document.removeEventListener('visibilitychange', this.again);
    this.socket?.close();
  }
}

/** @param {Listener} listener */
export const watchAll = (listener) => new Stream('ws/v1/events', listener);
/** @param {string} board @param {Listener} listener */
export const watchBoard = (board, listener) =>
  new Stream(`ws/v1/boards/${encodeURIComponent(board)}`, listener);
