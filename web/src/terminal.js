// SPDX-License-Identifier: MIT
// The fence around xterm.js: a terminal that shows a board's bytes and gives what a person typed.
import { Terminal } from '@xterm/xterm';

const MOUSE_AND_FOCUS_MODES = new Set([9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016]);
const SCROLLBACK_LINES = 20000;

/** @param {HTMLElement} element @param {string} name */
const variable = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

/** @param {HTMLElement} element */
function themeOf(element) {
  return {
    background: variable(element, '--console-back'),
    foreground: variable(element, '--console-text'),
    cursor: variable(element, '--console-cursor'),
    cursorAccent: variable(element, '--console-back'),
    selectionBackground: variable(element, '--console-selection'),
  };
}

/**
 * xterm answers queries that the board sends (DA, DSR, DECRQSS, colours), once per viewer, by the
 * same event as typing. Its core says which is which; mouse and focus reports are never asked for.
 * @param {Terminal} terminal @param {(text: string) => void} onTyped
 */
function onlyTyped(terminal, onTyped) {
  let isTyped = false;
  const core = /** @type {any} */ (terminal)._core;
  core.coreService.onUserInput(() => {
    isTyped = true;
  });
  terminal.onData((text) => {
    if (isTyped) onTyped(text);
    isTyped = false;
  });
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, (modes) =>
    modes.every((mode) => MOUSE_AND_FOCUS_MODES.has(Number(mode))),
  );
}

/**
 * Tab goes to the board once something was typed; before that, and with Shift, it leaves, so that
 * the keyboard is not caught in the terminal.
 * @param {Terminal} terminal
 */
function letTabLeave(terminal) {
  const field = terminal.textarea;
  let hasTyped = false;
  field?.setAttribute('aria-label', 'Type to the board. Shift and Tab leaves.');
  field?.addEventListener('focus', () => {
    hasTyped = false;
  });
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.key !== 'Tab') {
      hasTyped ||= event.type === 'keydown' && event.key !== 'Shift';
      return true;
    }
    return hasTyped && !event.shiftKey;
  });
}

/** How many columns and rows fit. @param {Terminal} terminal @param {HTMLElement} host */
function fit(terminal, host) {
  const cell = /** @type {any} */ (terminal)._core._renderService?.dimensions?.css?.cell;
  const box = getComputedStyle(host);
  const width = host.clientWidth - parseFloat(box.paddingLeft) - parseFloat(box.paddingRight) - 14;
  const height = host.clientHeight - parseFloat(box.paddingTop) - parseFloat(box.paddingBottom);
  if (!cell?.width || !cell?.height || width <= 0 || height <= 0) return;
  const columns = Math.max(20, Math.floor(width / cell.width));
  const rows = Math.max(4, Math.floor(height / cell.height));
  if (columns !== terminal.cols || rows !== terminal.rows) terminal.resize(columns, rows);
}

/**
 * Opens a terminal in host. dispose() gives everything back.
 * @param {HTMLElement} host @param {(text: string) => void} onTyped
 */
export function openTerminal(host, onTyped) {
  const terminal = new Terminal({
    convertEol: true,
    cursorBlink: false,
    fontFamily: variable(host, '--font-mono') || 'monospace',
    fontSize: 13,
    lineHeight: 1.25,
    minimumContrastRatio: 4.5,
    scrollback: SCROLLBACK_LINES,
    screenReaderMode: false,
    theme: themeOf(host),
  });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const repaint = () => {
    terminal.options.theme = themeOf(host);
  };
  const observer = new ResizeObserver(() => fit(terminal, host));
  terminal.open(host);
  letTabLeave(terminal);
  onlyTyped(terminal, onTyped);
  observer.observe(host);
  dark.addEventListener('change', repaint);
  return {
    terminal,
    /** @param {Uint8Array | string} bytes */
    write: (bytes) => terminal.write(bytes),
    clear: () => terminal.clear(),
    reset: () => terminal.reset(),
    focus: () => terminal.focus(),
    toEnd: () => terminal.scrollToBottom(),
    dispose: () => {
      observer.disconnect();
      dark.removeEventListener('change', repaint);
      terminal.dispose();
    },
  };
}
