// SPDX-License-Identifier: MIT
// The console's past on the page: times, hex, search, links, the plotter, and whose turn it is.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Bench, firmware, Viewer } from './harness.mjs';
import { closed, LOOKS, launched, looksGood, opened, picture } from './page.mjs';

const TURNS = '/api/v1/boards/turns';
const LONG = 120_000;
let bench;
let browser;
before(async () => {
  bench = await Bench.start({
    boards: [
      { id: 'f103', part: 'f103rb', label: 'Micromouse', console: { writers: 'any' } },
      { id: 'shown', part: 'f103rb', label: 'Line follower', console: { writers: 'any' } },
      { id: 'turns', part: 'f103rb', label: 'One at a time' },
    ],
  });
  const flash = await bench.curl(
    '-T',
    firmware('f103', 'hex'),
    '/api/v1/flash?boards=f103,shown,turns',
  );
  assert.equal(flash.code, 0, flash.text);
  for (const id of ['f103', 'shown'])
    await bench.post(`/api/v1/boards/${id}/console`, Buffer.from('echo\r'));
  browser = await launched();
});
after(async () => {
  await browser?.close();
  await bench?.clear();
});

/** The board prints what it is told, from now on. @returns where it stands after that */
async function printed(text, id = 'f103') {
  const viewer = await Viewer.open(bench, `/ws/v1/boards/${id}`);
  await bench.post(`/api/v1/boards/${id}/console`, Buffer.from(text));
  await viewer.until((v) => v.text.includes(text));
  viewer.close();
  return viewer.from + viewer.text.indexOf(text);
}

const at = (path, look) => opened(browser, `${bench.url}/${path}`, look);

/** A plot's worth of numbers, each line at its own time; the last has left:4. */
async function plotted(id) {
  for (let i = 1; i <= 40; i++)
    await printed(`speed:${(Math.sin(i / 5) * 2).toFixed(2)} left:${(i / 10).toFixed(1)}\r\n`, id);
}

/** As a person picks it: local, to the minute. @param {number} hours from now */
function localTime(hours) {
  const time = new Date(Date.now() + hours * 3_600_000);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

test('search finds in the past, shows the place, and its link leads there again', {
  timeout: LONG,
}, async () => {
  const offset = await printed('the needle is 4711\r\n');
  await printed('and more hay\r\n'.repeat(200));
  const page = await at('#board/f103');
  await page.click('#console-search');
  await page.fill('#search-pattern', 'NEEDLE is (\\d+)');
  await page.press('#search-pattern', 'Enter');
  await page.locator('.found', { hasText: 'the needle is 4711' }).waitFor();
  assert.equal(await page.locator('.found mark').first().textContent(), 'needle is 4711');
  await looksGood(page, 'search');
  await page.locator('.found').first().click();
  const here = page.locator('.past-here');
  await here.waitFor();
  assert.match(await here.textContent(), /^\d\d:\d\d:\d\d\.\d{3}the needle is 4711$/);
  await looksGood(page, 'at a place');
  await page.click('#place-copy');
  await page.waitForURL(new RegExp(`#board/f103&offset=${offset + 4}&stream=`));
  const link = page.url();

  const other = await at(link.slice(bench.url.length + 1), { scheme: 'dark', width: 390 });
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

test('a search is bounded by marks, by how long ago, and by times', { timeout: LONG }, async () => {
  await printed('the thimble\r\n');
  const page = await at('#board/f103');
  await page.click('#console-search');
  await page.fill('#search-pattern', 'thimble');
  const finds = async (count, range, begin, end) => {
    await page.selectOption('#search-range', range);
    if (begin !== undefined) await page.fill('#search-begin', begin);
    if (end !== undefined) await page.fill('#search-end', end);
    const answered = page.waitForResponse(/console\/search/);
    await page.click('#search-start');
    const { matches } = await (await answered).json();
    assert.equal(matches.length, count, `${range} ${begin} ${end}`);
  };
  await finds(1, '');
  await finds(1, 'reset');
  await finds(1, '10min');
  await finds(1, 'between', localTime(-1), '');
  await finds(1, 'between', '', localTime(1));
  await finds(1, 'between', localTime(-1), localTime(1));
  await finds(0, 'between', localTime(1), '');
  await finds(0, 'between', '', localTime(-1));
  await page.fill('#search-begin', localTime(1));
  await page.click('#search-start');
  await page.locator('.search [role=alert]', { hasText: 'ends before it begins' }).waitFor();
  await closed(page);
});

test('search and plotter in every look', { timeout: LONG }, async () => {
  await printed('left:0.5 the button\r\n', 'shown');
  await plotted('shown');
  for (const look of LOOKS) {
    const page = await at('#board/shown', look);
    await page.click('#console-search');
    await page.fill('#search-pattern', 'left:\\d\\.5');
    await page.selectOption('#search-range', 'between');
    await page.click('#search-start');
    await page.locator('.found', { hasText: 'the button' }).first().click();
    await page.locator('.past-here').waitFor();
    await looksGood(page, `search, ${look.name}`);
    await page.locator('.console-panel').evaluate((panel) => panel.scrollIntoView());
    await picture(page, `console-search-${look.name}`);
    await page.click('#search-close');
    await page.click('#view-plot');
    await page
      .locator('.plot-key', { hasText: 'left' })
      .locator('b', { hasText: /[0-9]/ })
      .waitFor();
    await page.check('#plot-scales');
    await page.selectOption('#plot-window', '0');
    await looksGood(page, `plot, ${look.name}`);
    await page.locator('.console-panel').evaluate((panel) => panel.scrollIntoView());
    await picture(page, `console-plot-${look.name}`);
    await closed(page);
  }
});

test('times and hex follow what comes; pausing holds them', { timeout: LONG }, async () => {
  const page = await at('#board/f103', { scheme: 'dark' });
  await page.click('#view-times');
  await printed(`\x1b[31mwith a time\x1b[0m${'\x07'.repeat(16)}\r\n`); // half a row of it, wherever rows begin
  const line = page.locator('.past p', { hasText: 'with a time' });
  await line.waitFor();
  assert.match(await line.textContent(), /^\d\d:\d\d:\d\d\.\d{3}with a time$/);
  await looksGood(page, 'times');
  await page.click('#view-hex');
  await page.locator('.past p', { hasText: '07 07 07 07 07 07 07 07' }).first().waitFor();
  await looksGood(page, 'hex');
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
  const page = await at('#board/f103');
  await page.click('#view-plot');
  await page.locator('.plot-key', { hasText: 'speed' }).locator('b', { hasText: '1.5' }).waitFor();
  await plotted();
  await page.locator('.plot-key', { hasText: 'left' }).locator('b', { hasText: '4' }).waitFor();
  assert.equal(await page.locator('.plot canvas').count(), 1);
  await page.check('#plot-scales');
  await page.selectOption('#plot-window', '0');
  await looksGood(page, 'plot');
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
  const page = await at('#board/f103', { width: 390, height: 844 });
  const open = () => page.click('#console-menu > summary');
  await open();
  await looksGood(page, 'the menu');
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
  const first = await at('#board/turns');
  const second = await at('#board/turns', { width: 390, height: 844 });
  await first.fill('#console-line', 'help');
  await first.press('#console-line', 'Enter');
  await second.locator('#console-writer').waitFor();
  assert.ok(await second.locator('#console-line').isDisabled());
  assert.equal(await first.locator('#console-writer').count(), 0);
  await looksGood(second, 'while another types');
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

test('what a test printed is a press away: in the console, and as text', {
  timeout: LONG,
}, async () => {
  const path = `${TURNS}/flash?results=auto`;
  const { json } = await bench.curl('-T', firmware('f103', 'hex', 'tests-fail'), path);
  const { offset, name } = json.job.result.tests.cases.find(({ state }) => state === 'failed');
  const { stream } = json.job.result.expect;
  const page = await at('#board/turns');
  await page.locator('#history > li').first().locator('summary').click();
  const failed = page.locator('#history .case-failed').first();
  for (const view of ['terminal', 'hex']) {
    await page.click(`#view-${view}`);
    await failed.locator('.place').click();
    await page.waitForURL((url) => url.hash === `#board/turns&offset=${offset}&stream=${stream}`);
    await page.locator('.past-here').waitFor();
  }
  await page.click('#view-times');
  await failed.locator('.place').click();
  await page.locator('.past-here', { hasText: name }).waitFor();
  await looksGood(page, 'a test in the console');
  const href = await failed.locator('.place-text').getAttribute('href');
  const { text } = await bench.get(`/${href}`);
  assert.ok(text.split('\n')[0].includes(name), text.slice(0, 200));
  await closed(page);
});
