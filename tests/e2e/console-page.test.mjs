// SPDX-License-Identifier: MIT
// The console's past on the page: times, hex, search, links, the plotter, and whose turn it is.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Bench, firmware, TOP, Viewer } from './harness.mjs';

const BOARD = '/api/v1/boards/f103';
const CONSOLE = `${BOARD}/console`;
const LONG = 120_000;
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
const pictures = process.env.UPDATE_SCREENSHOTS ? join(TOP, 'docs/images') : null;

let bench;
let browser;
before(async () => {
  bench = await Bench.start({
    boards: [
      { id: 'f103', part: 'f103rb', label: 'Micromouse', console: { writers: 'any' } },
      { id: 'turns', part: 'f103rb', label: 'One at a time' },
    ],
  });
  for (const id of ['f103', 'turns']) {
    const flash = await bench.curl('-T', firmware('f103', 'hex'), `/api/v1/boards/${id}/flash`);
    assert.equal(flash.code, 0, flash.text);
  }
  await bench.post(CONSOLE, Buffer.from('echo\r'));
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  });
  if (pictures) mkdirSync(pictures, { recursive: true });
});
after(async () => {
  await browser?.close();
  await bench?.clear();
});

/** The board prints what it is told, from now on. @returns where it stands after that */
async function printed(text) {
  const viewer = await Viewer.open(bench, '/ws/v1/boards/f103');
  await bench.post(CONSOLE, Buffer.from(text));
  await viewer.until((v) => v.text.includes(text));
  viewer.close();
  return viewer.from + viewer.text.indexOf(text);
}

async function opened(path, { width = 1280, height = 900, scheme = 'light' } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(LONG / 3);
  page.faults = [];
  await page.exposeFunction('tellFault', (text) => page.faults.push(text));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      globalThis.tellFault(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
    );
  });
  page.on('pageerror', (error) => page.faults.push(error.message));
  await page.goto(`${bench.url}/${path}`);
  await page.locator('.link-open').waitFor();
  return page;
}

async function closed(page) {
  assert.deepEqual(page.faults, [], 'the policy was kept and no script failed');
  await page.context().close();
}

async function axe(page, what) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() =>
    globalThis.axe
      .run(document, { resultTypes: ['violations'] })
      .then((result) =>
        result.violations.map(({ id, impact, nodes }) => [id, impact, nodes[0].html.slice(0, 200)]),
      ),
  );
  const bad = found.filter(([, impact]) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(bad, [], what);
}

async function picture(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

test('search finds in the past, shows the place, and its link leads there again', {
  timeout: LONG,
}, async () => {
  const offset = await printed('the needle is 4711\r\n');
  await printed('and more hay\r\n'.repeat(200));
  const page = await opened('#board/f103');
  await page.click('#console-search');
  await page.fill('#search-pattern', 'NEEDLE is (\\d+)');
  await page.press('#search-pattern', 'Enter');
  await page.locator('.found', { hasText: 'the needle is 4711' }).waitFor();
  assert.equal(await page.locator('.found mark').first().textContent(), 'needle is 4711');
  await axe(page, 'search');
  await page.locator('.found').first().click();
  const here = page.locator('.past-here');
  await here.waitFor();
  assert.match(await here.textContent(), /^\d\d:\d\d:\d\d\.\d{3}the needle is 4711$/);
  await axe(page, 'at a place');
  await picture(page, 'console-search');
  await page.click('#place-copy');
  await page.waitForURL(new RegExp(`#board/f103&offset=${offset + 4}&stream=`));
  const link = page.url();

  const other = await opened(link.slice(bench.url.length + 1), { scheme: 'dark', width: 390 });
  await other.locator('.past-here', { hasText: 'the needle is 4711' }).waitFor();
  await other.click('#place-now');
  await other.waitForFunction(() => !document.querySelector('.past-here'));
  await closed(other);

  await page.fill('#search-pattern', 'a(');
  await page.press('#search-pattern', 'Enter');
  await page.locator('.search .notice', { hasText: 'no regular expression' }).waitFor();
  await page.press('#search-pattern', 'Escape');
  await page.waitForFunction(() => !document.querySelector('.search'));
  await closed(page);
});

test('times and hex follow what comes; pausing holds them', { timeout: LONG }, async () => {
  const page = await opened('#board/f103', { scheme: 'dark' });
  await page.click('#view-times');
  await printed('\x1b[31mwith a time\x1b[0m\x07\r\n');
  const line = page.locator('.past p', { hasText: 'with a time' });
  await line.waitFor();
  assert.match(await line.textContent(), /^\d\d:\d\d:\d\d\.\d{3}with a time$/);
  await axe(page, 'times');
  await picture(page, 'console-times-dark');
  await page.click('#view-hex');
  await page.locator('.past p', { hasText: '07 0d 0a' }).first().waitFor();
  await axe(page, 'hex');
  await page.click('#console-pause');
  await printed('while paused\r\n');
  await page.locator('[role=status]', { hasText: 'bytes since' }).waitFor();
  await page.click('#console-pause');
  await page.click('#view-times');
  await page.locator('.past p', { hasText: 'while paused' }).waitFor();
  await page.click('#view-terminal');
  await closed(page);
});

test('the plotter draws the numbers of lines, those before and those that come', {
  timeout: LONG,
}, async () => {
  await printed('speed:1.5 left:3\r\n');
  const page = await opened('#board/f103');
  await page.click('#view-plot');
  await page.locator('.plot-key', { hasText: 'speed' }).locator('b', { hasText: '1.5' }).waitFor();
  for (let i = 1; i <= 40; i++)
    await printed(`speed:${(Math.sin(i / 5) * 2).toFixed(2)} left:${(i / 10).toFixed(1)}\r\n`);
  await page.locator('.plot-key', { hasText: 'left' }).locator('b', { hasText: '4' }).waitFor();
  assert.equal(await page.locator('.plot canvas').count(), 1);
  await page.check('#plot-scales');
  await page.selectOption('#plot-window', '0');
  await axe(page, 'plot');
  await picture(page, 'console-plot');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#plot-csv')]);
  const csv = readFileSync(await download.path(), 'utf8');
  assert.match(csv, /^time,speed,left\n20.*Z,1\.5,3\n/);
  assert.match(csv, /,4\n$/);
  await page.click('#plot-pause');
  await printed('speed:99 left:99\r\n');
  assert.equal(await page.locator('#plot-pause').getAttribute('aria-pressed'), 'true');
  await page.click('#plot-pause');
  await page.locator('.plot-key b', { hasText: '99' }).first().waitFor();
  await closed(page);
});

test('rate, break, file and download stand in the menu', { timeout: LONG }, async () => {
  const page = await opened('#board/f103', { width: 390, height: 844 });
  const open = () => page.click('#console-menu > summary');
  await open();
  await axe(page, 'the menu');
  await page.selectOption('#console-baud', '57600');
  await page.click('#console-set');
  await page.waitForFunction(() =>
    document.querySelector('#console .panel-head .mono')?.textContent.includes('57600'),
  );
  assert.equal((await bench.board('f103')).console.baud, 57600);
  await open();
  await page.selectOption('#console-baud', '115200');
  await page.click('#console-set');
  await page.waitForFunction(() =>
    document.querySelector('#console .panel-head .mono')?.textContent.includes('115200'),
  );
  await open();
  await page.click('#console-break');
  const file = join(bench.dir, 'script.txt');
  writeFileSync(file, `${'a line of the file\r\n'.repeat(60)}the end of the file\r\n`);
  await page.setInputFiles('#console-file-field', file);
  const viewer = await Viewer.open(bench, '/ws/v1/boards/f103');
  await viewer.until((v) => v.text.includes('the end of the file'));
  viewer.close();
  await open();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click('#download-text'),
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  assert.match(text, /^\n?benchd hello/, 'since the last reset');
  assert.ok(text.includes('the end of the file\n') && !text.includes('\r'));
  await closed(page);
});

test('who types is shown, taking over is a button', { timeout: LONG }, async () => {
  const first = await opened('#board/turns');
  const second = await opened('#board/turns', { width: 390, height: 844 });
  await first.fill('#console-line', 'help');
  await first.press('#console-line', 'Enter');
  await second.locator('#console-writer').waitFor();
  assert.ok(await second.locator('#console-line').isDisabled());
  assert.equal(await first.locator('#console-writer').count(), 0);
  await axe(second, 'while another types');
  await second.click('#console-take');
  await first.locator('#console-writer').waitFor();
  await second.fill('#console-line', 'uid');
  await second.press('#console-line', 'Enter');
  await second.press('#console-line', 'ArrowUp');
  assert.equal(await second.locator('#console-line').inputValue(), 'uid');
  await closed(second);
  await first.waitForFunction(() => !document.querySelector('#console-writer'));
  assert.ok(await first.locator('#console-line').isEnabled());
  await first.reload();
  await first.locator('.link-open').waitFor();
  await first.press('#console-line', 'ArrowUp');
  assert.equal(await first.locator('#console-line').inputValue(), 'help', 'kept by the browser');
  await closed(first);
});
