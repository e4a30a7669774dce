// SPDX-License-Identifier: MIT
// Several boards flashed from the page: chosen, followed, one that fails named and tried again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Bench, bigImage } from './harness.mjs';
import { closed, drop, LOOKS, launched, looksGood, opened, picture } from './page.mjs';

const LONG = 120_000;

let bench;
let browser;
let image;
before(async () => {
  bench = await Bench.start({
    boards: [
      { id: 'mouse', part: 'f103rb', label: 'Micromouse', tags: ['mice', 'f1'] },
      { id: 'rat', part: 'f103rb', label: 'Line follower', tags: ['f1'] },
      { id: 'worn', part: 'f103rb', label: 'Worn out', tags: ['mice'] },
      { id: 'gone', port: '/nowhere/tty', label: 'On the shelf', tags: ['spare'] },
    ],
  });
  await bench.until('gone', (board) => board.state === 'absent' && board.cause);
  for (const id of ['mouse', 'rat', 'worn'])
    assert.equal((await bench.post(`/api/v1/boards/${id}/identify`)).status, 200);
  image = join(bench.dir, 'maze-solver-1.4.bin');
  copyFileSync(bigImage(bench.dir, 24 * 1024), image);
  browser = await launched();
});
after(async () => {
  await browser?.close();
  await bench?.clear();
});

const group = (look) => opened(browser, `${bench.url}/#group`, look);
const row = (page, id) => page.locator(`.group-row[data-board=${id}]`);
const ended = (page, id, state) =>
  page.locator(`.group-row[data-board=${id}][data-state=${state}]`).waitFor();
const summary = (page) => page.locator('#group-summary').textContent();
const pressed = (page, tag) =>
  page.locator(`.chip[data-tag="${tag}"]`).getAttribute('aria-pressed');

test('boards are chosen one by one, by tag and all; the choice outlives what happens meanwhile', {
  timeout: LONG,
}, async () => {
  const page = await opened(browser, `${bench.url}/`);
  await page.click('#group');
  await page.locator('#group-start:disabled').waitFor();
  assert.match(await page.locator('#group-missing').textContent(), /boards and firmware/);
  await page.click('.chip[data-tag=mice]');
  assert.ok(await page.isChecked('#pick-mouse'));
  assert.ok(await page.isChecked('#pick-worn'));
  assert.equal(await page.isChecked('#pick-rat'), false);
  assert.equal(await pressed(page, 'mice'), 'true');
  assert.equal(await pressed(page, ''), 'false');
  await page.check('#pick-rat');
  await page.click('.chip[data-tag=spare]');
  assert.equal(await pressed(page, ''), 'true');
  assert.match(await page.locator('.group-what .notice').textContent(), /On the shelf is not/);
  await page.uncheck('#pick-gone');
  await bench.sims.rat.ctl('unplug');
  await page.locator('.pick', { hasText: 'rat' }).locator('.state-absent').waitFor();
  assert.ok(await page.isChecked('#pick-rat'));
  assert.match(await page.locator('.group-what .notice').textContent(), /Line follower is not/);
  await bench.sims.rat.ctl('replug');
  await page.locator('.pick', { hasText: 'rat' }).locator('.state-idle').waitFor();
  assert.equal(await page.locator('#group-count').textContent(), '3 of 4');
  await page.click('.chip[data-tag=""]');
  await page.click('.chip[data-tag=""]');
  assert.equal(await page.locator('#group-count').textContent(), '0 of 4');
  await closed(page);
});

for (const look of LOOKS) {
  test(`one fails, one refuses, the failed ones are tried again: ${look.name}`, {
    timeout: LONG,
  }, async () => {
    const page = await group(look);
    await page.click('.chip[data-tag=""]');
    await drop(page, image);
    await page.locator('#group-firmware', { hasText: 'maze-solver' }).waitFor();
    await page.click('#group-options > summary');
    assert.equal(await page.locator('#group-baud').count(), 0, 'a line is the board’s own');
    await page.selectOption('#group-write', 'all');
    await looksGood(page, 'the options');
    await page.click('#group-options > summary');
    await looksGood(page, 'choosing');
    await picture(page, `group-choose-${look.name}`);

    await bench.sims.worn.ctl('quirk', 'silent-write-failure', 'on');
    await page.click('#group-start');
    await ended(page, 'gone', 'refused');
    await row(page, 'rat')
      .locator('.group-figures', { hasText: /Write\s+[1-9]/ })
      .waitFor();
    assert.match(await page.title(), /^1\/4 Several boards/);
    await looksGood(page, 'under way');
    await picture(page, `group-flashing-${look.name}`);
    await page.reload();
    await ended(page, 'worn', 'failed');
    await ended(page, 'mouse', 'done');
    await ended(page, 'rat', 'done');
    assert.equal(await summary(page), '2 done, 1 failed, 1 refused');
    assert.equal(await page.locator('.group-row').first().getAttribute('data-board'), 'worn');
    assert.match(await row(page, 'worn').textContent(), /Verify/i);
    assert.match(await row(page, 'gone').textContent(), /\/nowhere\/tty/);
    assert.match(await row(page, 'rat').textContent(), /written, verified/);
    await looksGood(page, 'the outcome');
    await picture(page, `group-outcome-${look.name}`);

    await bench.sims.worn.ctl('quirk', 'silent-write-failure', 'off');
    await page.click('#group-again');
    await ended(page, 'worn', 'done');
    await page.waitForFunction(() =>
      document.querySelector('#group-summary').textContent.startsWith('3 done, 1 refused'),
    );
    assert.equal((await bench.get('/api/v1/jobs?board=mouse&limit=1')).body.jobs[0].state, 'done');
    await closed(page);
  });
}

test('all are cancelled; a row leads to its board, and back to the group', {
  timeout: LONG,
}, async () => {
  const shelved = '/api/v1/boards/rat/flash?dry_run=true&name=maze-solver-1.4.bin';
  assert.equal((await bench.curl('-T', image, shelved)).json.job.state, 'done');
  const page = await group();
  await page.click('.chip[data-tag=f1]');
  await page.locator('#shelf .row-button', { hasText: 'maze-solver' }).first().click();
  await page.click('#group-start');
  await row(page, 'rat').locator('.group-figures', { hasText: '%' }).waitFor();
  await page.click('#group-cancel');
  await ended(page, 'mouse', 'cancelled');
  await ended(page, 'rat', 'cancelled');
  assert.equal(await summary(page), '2 cancelled');
  assert.match(await page.locator('#group-again').textContent(), /after all/);
  await row(page, 'rat').locator('a').first().click();
  await page.waitForURL(/#board\/rat$/);
  await page.locator('#outcome, #drop').first().waitFor();
  await page.goBack();
  await page.locator('#group-summary', { hasText: '2 cancelled' }).waitFor();
  await page.click('#group-done');
  await page.locator('#group-firmware', { hasText: 'maze-solver' }).waitFor();
  assert.ok(await page.isChecked('#pick-rat'));
  await closed(page);
});

test('by keyboard alone, with firmware that is none until it is wanted anyway', {
  timeout: LONG,
}, async () => {
  const page = await opened(browser, `${bench.url}/`);
  const reach = async (id) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return;
    }
    assert.fail(`#${id} is not reached with Tab`);
  };
  await page.locator('#group').waitFor();
  await reach('group');
  await page.keyboard.press('Enter');
  await page.locator('#pick-mouse').waitFor();
  for (const id of ['pick-mouse', 'pick-rat']) {
    await reach(id);
    await page.keyboard.press('Space');
  }
  const chooser = page.waitForEvent('filechooser');
  await reach('firmware-file');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles({
    name: 'table.bin',
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(256, 0xa5),
  });
  await page.locator('#group-firmware').waitFor();
  await reach('group-start');
  await page.keyboard.press('Enter');
  await page.locator('#group-anyway').waitFor();
  assert.equal(await page.locator('#group-again').count(), 0);
  await reach('group-anyway');
  await page.keyboard.press('Enter');
  await ended(page, 'mouse', 'done');
  await ended(page, 'rat', 'done');
  assert.match(await page.locator('#group-heading').textContent(), /All 2 boards are done/);
  await closed(page);
});

test('who waits for a hand at the bench stands first, and says what to do', {
  timeout: LONG,
}, async () => {
  const byHand = await Bench.start({
    boards: [
      { id: 'lines', part: 'f103rb' },
      { id: 'hand', part: 'f103rb', control: { kind: 'manual', wait_s: 60 } },
    ],
  });
  try {
    const page = await opened(browser, `${byHand.url}/#group`, LOOKS[3]);
    await page.click('.chip[data-tag=""]');
    await page.locator('.group-what .notice', { hasText: 'by hand' }).waitFor();
    await page.click('#group-script > summary');
    assert.match(await page.locator('#group-script').textContent(), /boards=lines,hand'/);
    await drop(page, image);
    await page.click('#group-start');
    await row(page, 'hand').locator('.bench-steps').waitFor();
    assert.equal(await page.locator('.group-row').first().getAttribute('data-board'), 'hand');
    assert.match(await row(page, 'hand').locator('.outcome-mark').textContent(), /Needs you/);
    await looksGood(page, 'by hand');
    await byHand.sims.hand.ctl('bootloader');
    await ended(page, 'hand', 'done');
    await ended(page, 'lines', 'done');
    assert.equal(await page.locator('.group-row').first().getAttribute('data-board'), 'lines');
    await closed(page);
  } finally {
    await byHand.clear();
  }
});

test('a tab that remembers jobs of another server lets them go', { timeout: LONG }, async () => {
  const page = await group();
  await page.evaluate(() =>
    sessionStorage.setItem(
      'benchd-group',
      JSON.stringify({
        picked: ['rat'],
        members: { rat: { label: 'Rat', job: '01K0000000000000000000000A', refusal: null } },
      }),
    ),
  );
  await page.reload();
  await page.locator('#group-start').waitFor();
  assert.ok(await page.isChecked('#pick-rat'));
  assert.equal(await page.locator('#group-problem').count(), 0);
  await closed(page);
});

test('for one board there is no such button', { timeout: LONG }, async () => {
  const alone = await Bench.start();
  try {
    const page = await opened(browser, `${alone.url}/`);
    await page.locator('#card-f103').waitFor();
    assert.equal(await page.locator('#group').count(), 0);
    await closed(page);
  } finally {
    await alone.clear();
  }
});

test('who may only watch is told so', { timeout: LONG }, async () => {
  const sha256 = createHash('sha256').update('benchd_watcher').digest('hex');
  const guarded = new Bench({
    boards: [
      { id: 'one', part: 'f103rb' },
      { id: 'two', part: 'f103rb' },
    ],
    config: { tokens: [{ name: 'watcher', role: 'view', sha256 }] },
  });
  guarded.token = 'benchd_watcher';
  try {
    await Promise.all(Object.values(guarded.sims).map((sim) => sim.start()));
    await guarded.start();
    const page = await opened(browser, `${guarded.url}/#group`, { waits: '#log-in' });
    await page.fill('#log-in input', guarded.token);
    await page.click('#log-in button');
    await page.locator('.notice', { hasText: '“watcher” may watch boards' }).waitFor();
    assert.equal(await page.locator('#group-start').count(), 0);
    await page.click('.crumb a');
    await page.locator('#card-one').waitFor();
    assert.equal(await page.locator('#group').count(), 0);
    await closed(page);
  } finally {
    await guarded.clear();
  }
});
