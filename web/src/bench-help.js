// SPDX-License-Identifier: MIT
import { html, nothing } from 'lit';
import { Element } from './element.js';

/** Short help for one board: the curl lines to copy, and the wiring. */
class BenchHelp extends Element {
  static properties = { board: {}, copied: { state: true } };

  constructor() {
    super();
    this.board = '';
    this.copied = '';
  }

  /** @param {string} text */
  async copy(text) {
    await navigator.clipboard.writeText(text);
    this.copied = text;
  }

  /** @param {string} title @param {string} line */
  command(title, line) {
    return html`<div class="command">
      <p>${title}</p>
      <pre tabindex="0" role="region" aria-label=${title}><code>${line}</code></pre>
      ${
        navigator.clipboard
          ? html`<button type="button" class="small" @click=${() => this.copy(line)}>
              ${this.copied === line ? 'Copied' : 'Copy'}
            </button>`
          : nothing
      }
    </div>`;
  }

  render() {
    const base = new URL(`api/v1/boards/${this.board}`, document.baseURI).href;
    return html`<details class="panel help" id="help">
      <summary><h2>From a script, and the wiring</h2></summary>
      ${this.command('Flash it; the exit status tells how it went:', `curl --fail-with-body --data-binary @firmware.hex ${base}/flash`)}
      ${this.command('Flash firmware that tests itself (Unity, TAP, ztest), and fail when a test fails:', `curl --fail-with-body -T tests.hex '${base}/flash?results=auto&timeout=60'`)}
      ${this.command('Name what is wrong when it does not answer:', `curl -X POST ${base}/doctor`)}
      ${this.command('Follow what it prints:', `curl -N '${base}/console?follow=true'`)}
      ${this.command('Read it out:', `curl --fail-with-body -X POST -o flash.bin ${base}/read`)}
      <table>
        <caption>Wiring of a USB serial adapter</caption>
        <thead><tr><th scope="col">Adapter</th><th scope="col">STM32</th><th scope="col">What for</th></tr></thead>
        <tbody>
          <tr><td>TX</td><td>RX of a bootloader UART (PA10)</td><td>data to the part</td></tr>
          <tr><td>RX</td><td>TX of it (PA9)</td><td>data from the part</td></tr>
          <tr><td>GND</td><td>GND</td><td>always</td></tr>
          <tr><td>DTR</td><td>NRST</td><td>reset, if <code>control</code> is <code>lines</code></td></tr>
          <tr><td>RTS</td><td>BOOT0</td><td>choosing the bootloader, likewise</td></tr>
        </tbody>
      </table>
      <p class="faint">Without DTR and RTS wired, control is by hand: the page says when to move BOOT0 and press reset.
        The whole interface is at <a href="api/openapi.json">api/openapi.json</a>.</p>
    </details>`;
  }
}
customElements.define('bench-help', BenchHelp);
