// SPDX-License-Identifier: MIT
// The page in a real browser, for the tests that look at it: opened, judged, pictured, closed. With
// UPDATE_SCREENSHOTS=1 the pictures of README and docs are made; with PICTURES=FOLDER all of them
// go there.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { chromium } from 'playwright-core';
import { TOP } from './harness.mjs';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
const WAIT_MS = 40_000;
const folder =
  process.env.PICTURES ?? (process.env.UPDATE_SCREENSHOTS ? join(TOP, 'docs/images') : null);

/** How the page is looked at; name: the end of a picture's. One may say what it waits for, too. */
export const LOOKS = [
  { name: 'light', scheme: 'light', width: 1280, height: 900 },
  { name: 'dark', scheme: 'dark', width: 1280, height: 900 },
  { name: 'phone-light', scheme: 'light', width: 390, height: 844 },
  { name: 'phone-dark', scheme: 'dark', width: 390, height: 844 },
];

export const launched = () =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  });

/**
 * A fresh browser's page. What the policy forbids, what scripts throw and what is loaded from
 * elsewhere is kept and must be nothing; sent: what its sockets said.
 */
export async function opened(browser, url, look = LOOKS[0]) {
  const { name, scheme = 'light', width = 1280, height = 900, waits = '.link-open' } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  Object.assign(page, { faults: [], look: name, sent: [] });
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => page.sent.push(payload.toString())),
  );
  page.on('request', (request) => {
    const isOurs = request.url().startsWith(new URL(url).origin);
    if (!isOurs && !/^(data|blob):/.test(request.url()))
      page.faults.push(`a request to ${request.url()}`);
  });
  await page.exposeFunction('tellFault', (text) => page.faults.push(text));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      globalThis.tellFault(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
    );
  });
  page.on('pageerror', (error) => page.faults.push(error.message));
  await page.goto(url);
  await page.locator(waits).waitFor();
  return page;
}

export async function closed(page) {
  assert.deepEqual(
    page.faults,
    [],
    'the policy was kept, no script failed, nothing came from elsewhere',
  );
  await page.context().close();
}

/** Drops a file on the page as a file manager does. */
export async function drop(page, path, place = '#drop') {
  const data = await page.evaluateHandle(
    ([bytes, name]) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([content], name));
      return transfer;
    },
    [readFileSync(path).toString('base64'), basename(path)],
  );
  await page.locator(place).waitFor();
  await page.dispatchEvent(place, 'dragover', { dataTransfer: data });
  await page.dispatchEvent(place, 'drop', { dataTransfer: data });
}

/** Nothing serious for axe, nothing wider than the window. */
export async function looksGood(page, what) {
  const [clientWidth, scrollWidth] = await page.evaluate(() => [
    document.documentElement.clientWidth,
    document.documentElement.scrollWidth,
  ]);
  assert.ok(scrollWidth <= clientWidth, `${what} is ${scrollWidth} px wide`);
  await page.evaluate(axeSource);
  const found = await page.evaluate(() =>
    globalThis.axe
      .run(document, { resultTypes: ['violations'] })
      .then(({ violations }) =>
        violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 160))]),
      ),
  );
  assert.deepEqual(found, [], what);
}

/** For the docs, or for the eye. */
export async function picture(page, name) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
