// SPDX-License-Identifier: MIT
// The doctor and the wiring probe on the page: a jumper on the wrong side is named with what to try,
// and the wiring of DTR and RTS is found and shown.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Bench, firmware, preload } from './harness.mjs';
import { closed, LOOKS, launched, looksGood, opened, picture } from './page.mjs';

let bench;
let browser;
before(async () => {
  bench = new Bench({
    boards: [
      {
        id: 'mouse',
        part: 'f103rb',
        label: 'Micromouse',
        options: ['--wire-reset', 'rts', '--wire-boot0', '!dtr'],
        control: { kind: 'lines', reset: 'rts', boot0: '!dtr' },
      },
    ],
  });
  const { link, socket } = bench.sims.mouse;
  bench.env = { LD_PRELOAD: await preload('preload'), BENCHD_PRELOAD: `${link}=${socket}` };
  await bench.sims.mouse.start();
  await bench.start();
  const path = '/api/v1/boards/mouse/flash';
  const flashed = await bench.curl('-T', firmware('f103', 'bin'), path);
  assert.equal(flashed.json.state, 'done', flashed.text);
  browser = await launched();
});
after(async () => {
  await browser?.close();
  await bench?.clear();
});

async function atBoard(look) {
  const page = await opened(browser, `${bench.url}/#board/mouse`, look);
  await page.locator('#doctor').waitFor();
  return page;
}

for (const look of LOOKS) {
  test(`a wrong jumper is named: ${look.name}`, async () => {
    const page = await atBoard(look);
    await bench.sims.mouse.ctl('miswire', 'boot0-low', 'on');
    await page.locator('#identify, #doctor').first().waitFor();
    await page.locator('#doctor').click();
    await page.locator('#doctor-steps li').nth(1).waitFor();
    await looksGood(page, 'doctor-running');
    const verdict = page.locator('#verdict');
    await verdict.waitFor();
    await bench.sims.mouse.ctl('miswire', 'boot0-low', 'off');
    assert.equal(await verdict.getAttribute('data-verdict'), 'application_talks');
    const text = await verdict.textContent();
    assert.match(text, /BOOT0 is not high/);
    assert.match(text, /Move the BOOT0 jumper to 1/);
    assert.match(text, /somebody talks unasked/);
    await looksGood(page, 'doctor-jumper');
    await picture(page, `doctor-jumper-${look.name}`);
    await page.locator('#dismiss').click();
    await verdict.waitFor({ state: 'detached' });
    await closed(page);
  });

  test(`the wiring is found: ${look.name}`, async () => {
    const page = await atBoard(look);
    await page.locator('#probe').click();
    await page.locator('#probe-tried li').nth(1).waitFor();
    await looksGood(page, 'probe-running');
    await page.locator('#wiring').waitFor();
    assert.equal(
      await page.locator('#control-line').textContent(),
      '"control": { "kind": "lines", "reset": "rts", "boot0": "!dtr" }',
    );
    await looksGood(page, 'probe-found');
    await picture(page, `probe-found-${look.name}`);
    await closed(page);
  });
}

test('a failed connect offers the doctor, and so does a port that is gone', async () => {
  const page = await atBoard();
  await bench.sims.mouse.ctl('quirk', 'deaf', 'on');
  await page.evaluate(() => fetch('api/v1/boards/mouse/identify', { method: 'POST' }));
  await page.locator('#find-out').click();
  await page.locator('#verdict').waitFor();
  await bench.sims.mouse.ctl('quirk', 'deaf', 'off');
  await bench.sims.mouse.ctl('unplug');
  await page.locator('#absent-doctor').click();
  await page.locator('#verdict[data-verdict="no_port"]').waitFor();
  await looksGood(page, 'doctor-no-port');
  await bench.sims.mouse.ctl('replug');
  await closed(page);
});
