// SPDX-License-Identifier: MIT
// Boards added, changed and removed in the page: the port is chosen, the wiring found, the part
// tested; what is refused loses nothing that was typed; a restart brings the board back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Bench, preload, Sim } from './harness.mjs';
import { closed, LOOKS, launched, looksGood, opened, picture } from './page.mjs';

const LONG = 120_000;

let bench;
let wired;
let byHand;
let browser;
before(async () => {
  bench = new Bench({ boards: [{ id: 'mouse', part: 'f103rb', label: 'Micromouse' }] });
  wired = new Sim(bench.dir, {
    id: 'usb-serial-A50285BI',
    part: 'f103rb',
    options: ['--wire-reset', 'rts', '--wire-boot0', 'dtr'],
  });
  byHand = new Sim(bench.dir, { id: 'usb-serial-0001', part: 'f407vg' });
  bench.config.ports = [bench.sims.mouse.link, wired.link, byHand.link];
  bench.env = {
    LD_PRELOAD: await preload('preload'),
    BENCHD_PRELOAD: `${wired.link}=${wired.socket}`,
  };
  await Promise.all([bench.sims.mouse, wired, byHand].map((sim) => sim.start()));
  await bench.start();
  browser = await launched();
});
after(async () => {
  await browser?.close();
  try {
    await bench?.clear();
  } finally {
    await wired?.program?.stop();
    await byHand?.program?.stop();
  }
});

const port = (page, link) => page.locator(`input[name=port][value="${link}"]`);
const wiring = (page, kind) => page.locator(`input[name=wiring][value=${kind}]`);
const remove = (id) => fetch(`${bench.url}/api/v1/boards/${id}`, { method: 'DELETE' });

async function added(look) {
  const page = await opened(browser, `${bench.url}/`, look);
  await page.click('#add-board');
  await port(page, wired.link).waitFor();
  return page;
}

for (const look of LOOKS)
  test(`the wiring is found, used and tested (${look.name})`, { timeout: LONG }, async () => {
    const page = await added(look);
    assert.ok(await port(page, bench.sims.mouse.link).isDisabled(), 'a board has it');
    await port(page, wired.link).check();
    await page.fill('#add-label', 'Left wheel');
    assert.equal(await page.inputValue('#add-id'), 'left-wheel');
    await page.fill('#add-tags', 'rack-2, f1');
    await looksGood(page, 'the form');
    await page.locator('#add-dialog').evaluate((dialog) => dialog.scrollTo(0, 0));
    await picture(page, `add-board-${look.name}`);
    await page.click('#add-save');
    await page.locator('#probe-tried li').nth(2).waitFor();
    await looksGood(page, 'the probe under way');
    await page.locator('#use-wiring').waitFor();
    assert.match(await page.locator('#wiring').textContent(), /NRST\s*RTS set.*BOOT0\s*DTR set/s);
    await looksGood(page, 'the wiring found');
    await picture(page, `add-found-${look.name}`);
    await page.click('#use-wiring');
    await page.locator('#add-found').waitFor();
    assert.match(await page.locator('#add-found').textContent(), /STM32F101.*128\sKiB/s);
    await looksGood(page, 'the part found');
    await page.click('#add-open');
    await page.locator('h1', { hasText: 'Left wheel' }).waitFor();
    await looksGood(page, 'its page');
    await closed(page);
    const { body } = await bench.get('/api/v1/boards/left-wheel/settings');
    assert.deepEqual(body, {
      port: wired.link,
      label: 'Left wheel',
      tags: ['rack-2', 'f1'],
      control: { kind: 'lines', reset: 'rts', boot0: 'dtr' },
    });
    assert.equal((await remove('left-wheel')).status, 204);
  });

test('what is missing or refused is said at its field, and nothing typed is lost', {
  timeout: LONG,
}, async () => {
  const page = await added();
  await page.click('#add-save');
  await page.locator('#wrong-port').waitFor();
  await port(page, byHand.link).check();
  await page.fill('#add-id', 'mouse');
  await page.click('#add-save');
  assert.match(await page.locator('#wrong-id').textContent(), /Another board/);
  await page.fill('#add-id', 'heap');
  await wiring(page, 'lines').check();
  await page.selectOption('#add-reset', 'rts');
  await page.selectOption('#add-boot0', '!rts');
  await page.click('#add-save');
  assert.match(await page.locator('#wrong-boot0').textContent(), /same line/);
  await looksGood(page, 'complaints');
  await page.selectOption('#add-boot0', '');
  await page.locator('.add-more summary').click();
  await page.fill('#add-baud', '12');
  await page.click('#add-save');
  await page.locator('#wrong-baud, #add-problem').first().waitFor();
  assert.equal(await page.inputValue('#add-id'), 'heap');
  assert.equal(await page.inputValue('#add-reset'), 'rts');
  assert.equal((await bench.get('/api/v1/boards')).body.boards.length, 1, 'nothing was added');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('#add-dialog'));
  await closed(page);
});

test('by hand: the dialog says what to do, and notices', { timeout: LONG }, async () => {
  const page = await added();
  await port(page, byHand.link).check();
  await wiring(page, 'manual').check();
  await page.fill('#add-label', 'Heap');
  await page.click('#add-save');
  await page.locator('.bench-steps').waitFor();
  await looksGood(page, 'the steps');
  await byHand.ctl('bootloader');
  await page.locator('#add-found', { hasText: 'STM32F40' }).waitFor();
  await page.click('#add-close');
  await page.locator('#card-heap').waitFor();
  await closed(page);
});

test('its settings are changed on its page; those of the file are not', {
  timeout: LONG,
}, async () => {
  const page = await opened(browser, `${bench.url}/#board/heap`);
  await page.click('#settings');
  await page.locator('#add-id:disabled').waitFor();
  assert.equal(await page.inputValue('#add-label'), 'Heap');
  assert.ok(await wiring(page, 'manual').isChecked());
  await page.fill('#add-label', 'Heap of wires');
  await looksGood(page, 'the settings');
  await page.click('#add-save');
  await page.locator('h1', { hasText: 'Heap of wires' }).waitFor();
  await page.waitForFunction(() => !document.querySelector('#add-dialog'));
  await page.click('#cancel'); // of the test that follows
  await page.locator('#outcome').waitFor();
  await closed(page);

  const other = await opened(browser, `${bench.url}/#board/mouse`);
  await other.locator('#in-file').waitFor();
  assert.equal(await other.locator('#settings').count(), 0);
  await closed(other);
});

test('it is there after a restart; removed, it is gone for good', { timeout: LONG }, async () => {
  await bench.stop();
  await bench.start();
  const page = await opened(browser, `${bench.url}/#board/heap`);
  await page.locator('h1', { hasText: 'Heap of wires' }).waitFor();
  await page.click('#remove');
  await page.click('#remove-now');
  await page.locator('#card-mouse').waitFor();
  assert.equal(await page.locator('#card-heap').count(), 0);
  await closed(page);
  assert.equal((await bench.get('/api/v1/boards/heap')).status, 404);
});

test('an empty bench invites', { timeout: LONG }, async () => {
  const empty = await Bench.start({ boards: [] });
  try {
    const page = await opened(browser, `${empty.url}/`);
    await page.locator('.empty #add-board').waitFor();
    await looksGood(page, 'an empty bench');
    await page.click('#add-board');
    await page.locator('#port-hint', { hasText: 'Plug the adapter in' }).waitFor();
    await closed(page);
  } finally {
    await empty.clear();
  }
});

test('the firmware does it: the board that the demo leaves to be added', {
  timeout: LONG,
}, async () => {
  const demo = await Bench.start({ boards: [], args: ['--demo'] });
  try {
    const page = await opened(browser, `${demo.url}/`);
    assert.equal(await page.locator('board-card').count(), 2);
    await page.click('#add-board');
    await page.locator('.choice', { hasText: 'spare.tty' }).locator('input').check();
    await wiring(page, 'console').check();
    await looksGood(page, 'a firmware that is told');
    await page.click('#add-save');
    await page.locator('#add-found', { hasText: 'STM32F101' }).waitFor();
    await page.click('#add-open');
    await page.locator('.screen .xterm-rows', { hasText: 'leaving for the ROM' }).waitFor();
    await closed(page);
  } finally {
    await demo.clear();
  }
});
