// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { withoutInlineStyles } from '../tools/xterm-csp.mjs';

const xterm = new URL('../node_modules/@xterm/xterm/lib/xterm.mjs', import.meta.url);

test('the xterm in use loses its four inline styles', async () => {
  const out = withoutInlineStyles(await readFile(xterm, 'utf8'));
  assert.equal(out.match(/=benchdSheet\(/g)?.length, 3);
});

const element = 'this.a=d.createElement("style");';
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
const attribute = 't.setAttribute("style",`${t.getAttribute("style")||""}${e};`);';
const refused = [
  ['an element too few', element + element + attribute],
  ['an element too many', element.repeat(4) + attribute],
  ['no attribute', element.repeat(3)],
  ['an attribute of another shape', `${element.repeat(3)}${attribute}t.setAttribute("style","x")`],
];
for (const [name, text] of refused)
  test(`refused: ${name}`, () => {
    assert.throws(() => withoutInlineStyles(text), /xterm:/);
  });

test('accepted: three elements and one attribute', () => {
  assert.match(withoutInlineStyles(element.repeat(3) + attribute), /t\.style\.cssText\+=/);
});
