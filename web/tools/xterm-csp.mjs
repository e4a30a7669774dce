// SPDX-License-Identifier: MIT
// xterm makes three style elements and one style attribute, which a policy without unsafe-inline
// refuses. This esbuild plug-in turns them into constructed sheets and style.cssText, and fails
// the build unless it finds exactly these four: a new xterm must be looked at again.
import { readFile } from 'node:fs/promises';

const STYLE_ELEMENT = /(this\.\w+=)([\w.]+)\.createElement\("style"\)/g;
const STYLE_ATTRIBUTE = /(\w+)\.setAttribute\("style",`\$\{\1\.getAttribute\("style"\)\|\|""\}/g;
const LEFT_OVER = /createElement\(["'`]style["'`]\)|setAttribute\(["'`]style["'`]|<style/;

// Stands in for a style element: xterm appends it, sets its textContent and removes it.
const SHEET = `
function benchdSheet(owner) {
  const element = owner.createElement("template");
  const sheet = new CSSStyleSheet();
  const remove = element.remove.bind(element);
  owner.adoptedStyleSheets = [...owner.adoptedStyleSheets, sheet];
  Object.defineProperty(element, "textContent", { set: (text) => sheet.replaceSync(text) });
  element.remove = () => {
    owner.adoptedStyleSheets = owner.adoptedStyleSheets.filter((one) => one !== sheet);
    remove();
  };
  return element;
}
`;

function replace(text, pattern, by, wanted, what) {
  let found = 0;
  const out = text.replace(pattern, (...match) => {
    found++;
    return by(...match);
  });
  if (found !== wanted) throw new Error(`xterm: found ${found} ${what}, not ${wanted}`);
  return out;
}

/** The text of xterm.mjs, fit for a strict policy. */
export function withoutInlineStyles(text) {
  let out = replace(
    text,
    STYLE_ELEMENT,
    (_, to, owner) => `${to}benchdSheet(${owner})`,
    3,
    'style elements',
  );
  out = replace(
    out,
    STYLE_ATTRIBUTE,
    (_, name) => `(${name}.style.cssText+=\``,
    1,
    'style attributes',
  );
  if (LEFT_OVER.test(out)) throw new Error('xterm: a style element or attribute is left');
  return out + SHEET;
}

export const xtermCsp = {
  name: 'xterm-csp',
  setup(build) {
    let seen = 0;
    build.onLoad({ filter: /[\\/]@xterm[\\/]xterm[\\/]lib[\\/]xterm\.m?js$/ }, async (args) => {
      seen++;
      return { contents: withoutInlineStyles(await readFile(args.path, 'utf8')), loader: 'js' };
    });
    build.onEnd(() => {
      if (seen !== 1) throw new Error(`xterm: bundled ${seen} times, not once`);
    });
  },
};
