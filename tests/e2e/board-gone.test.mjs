// SPDX-License-Identifier: MIT
// The page of a board that comes and goes: it says that it is not there, and is alive when it is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Bench, Sim } from './harness.mjs';

let bench;
let spare;
let browser;

before(async () => {
  bench = new Bench({ boards: [{ id: 'f103', part: 'f103rb' }] });
  spare = new Sim(bench.dir, { id: 'spare', part: 'f103rb' });
  bench.config.ports = [spare.link];
  await Promise.all([bench.sims.f103.start(), spare.start()]);
  await bench.start();
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  });
});
after(async () => {
  try {
    await browser?.close();
    await bench?.clear();
  } finally {
    await spare?.program?.stop();
  }
});

async function opened(hash) {
  const page = await browser.newPage();
  page.setDefaultTimeout(40_000);
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(error.message));
  await page.goto(`${bench.url}/${hash}`);
  return page;
}

async function settings(method, label = 'Spare board') {
  const response = await fetch(`${bench.url}/api/v1/boards/spare`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: method === 'PUT' ? JSON.stringify({ port: spare.link, label }) : undefined,
  });
  assert.ok(response.ok, `${method} ${response.status}: ${await response.text()}`);
}

/** What the page of a board says that is not there; the link itself is well. */
async function missing(page, title) {
  await page.locator('#missing h1', { hasText: title }).waitFor();
  await page.locator('.link-state.link-open').waitFor();
  assert.equal(await page.locator('.banner').count(), 0, 'the connection is not lost');
}

test('the page of a board that comes and goes follows it', async () => {
  const page = await opened('#board/spare');
  await missing(page, 'No board “spare”');
  await settings('PUT');
  await page.locator('h1', { hasText: 'Spare board' }).waitFor();
  await page.locator('#board-state.state-idle').waitFor();

  await settings('DELETE');
  await missing(page, 'Spare board was removed');
  await settings('PUT', 'The same again');
  await page.locator('h1', { hasText: 'The same again' }).waitFor();
  await settings('PUT', 'Renamed');
  await page.locator('h1', { hasText: 'Renamed' }).waitFor();

  await settings('DELETE');
  await missing(page, 'Renamed was removed');
  await page.locator('#missing a', { hasText: 'All boards' }).click();
  await page.locator('#card-f103').waitFor();
  assert.deepEqual(page.errors, []);
  await page.close();
});

test('a board that is not there any more after a restart of benchd was removed', async () => {
  await settings('PUT');
  const page = await opened('#board/spare');
  await page.locator('#board-state.state-idle').waitFor();
  const { port } = bench;
  await bench.stop();
  await page.locator('#link-lost').waitFor();
  bench.config.state_dir = `${bench.dir}/another`;
  bench.config.listen = [`127.0.0.1:${port}`];
  await bench.start();
  await missing(page, 'Spare board was removed');
  assert.deepEqual(page.errors, []);
  await page.close();
});
