// SPDX-License-Identifier: MIT
// What every element of the page shares: it draws into the page itself, where the one style sheet
// and the labels reach, and it tells what a person wants by events.
import { LitElement } from 'lit';

export class Element extends LitElement {
  createRenderRoot() {
    return this;
  }

  /** @param {string} name @param {object} [detail] */
  emit(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** Asks the application to do something. @param {string} what @param {object} [detail] */
  want(what, detail = {}) {
    this.emit('want', { what, ...detail });
  }
}
