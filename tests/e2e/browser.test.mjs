// SPDX-License-Identifier: MIT
// The page in a real browser: drop a file, see its plan, watch it being done, read the console.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Bench, bigImage, firmware } from './harness.mjs';
import { closed, drop, LOOKS, launched, looksGood, opened as openPage, picture } from './page.mjs';

const LONG = 120_000;

let bench;
let browser;
before(async () => {
  bench = await Bench.start({
    boards: [
      { id: 'f103', part: 'f103rb', label: 'Micromouse', tags: ['f1', 'robot'] },
      {
        id: 'f407',
        part: 'f407vg',
        label: 'Motor controller',
        tags: ['f4'],
        console: { writers: 'any' }, // the tests type by requests, too
      },
    ],
  });
  browser = await launched();
});
after(async () => {
  await browser?.close();
  await bench?.clear();
});

const opened = (path = '', { at = bench, ...look } = {}) =>
  openPage(browser, `${at.url}/${path}`, look);

const outcome = (page) => page.locator('#outcome').textContent();
const consoleText = (page) =>
  page.locator('.screen .xterm-rows').evaluate((rows) => rows.textContent.replace(/\u00a0/g, ' '));

const shows = (page, text) =>
  page.waitForFunction(
    (wanted) =>
      document
        .querySelector('.screen .xterm-rows')
        ?.textContent.replace(/\u00a0/g, ' ')
        .includes(wanted),
    text,
  );

/** The first line that an image prints, awaited: the console must show it. */
async function printed(id) {
  const line = /(?:^|[\r\n])([^\r\n]{8,})[\r\n]/;
  return line.exec(await bench.hears(id, line, 'flash'))[1].trim();
}

for (const [id, format] of [
  ['f103', 'hex'],
  ['f407', 'elf'],
  ['f103', 'bin'],
  ['f407', 'srec'],
]) {
  test(`${id}: drop a .${format}, read its plan, flash it, read the console`, {
    timeout: LONG,
  }, async () => {
    const page = await opened(`#board/${id}`);
    await drop(page, firmware(id, format));
    await page.locator('#plan').waitFor();
    assert.match(await page.locator('#plan').textContent(), /0x08000000/);
    await page.click('#confirm');
    await page.locator('#outcome').waitFor();
    assert.match(await outcome(page), /done/);
    const words = await printed(id);
    await shows(page, words);
    await closed(page);
  });
}

test('firmware that tests itself: the options wait for it, and a failed test is named', {
  timeout: LONG,
}, async () => {
  const page = await opened('#board/f103');
  await page.click('#drop-options > summary');
  await page.selectOption('#drop-results', 'auto');
  assert.ok(await page.locator('#drop-expect').isDisabled());
  await drop(page, firmware('f103', 'hex', 'tests-fail'));
  await page.click('#confirm');
  await page.locator('#outcome .case-failed').waitFor();
  assert.match(await outcome(page), /The test failed/);
  assert.match(await page.locator('#outcome .case').first().textContent(), /Expected 41 Was 42/);
  const [report] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('#outcome a[download]').click(),
  ]);
  assert.match(readFileSync(await report.path(), 'utf8'), /<testsuites .*failures="1"/);
  await page.click('#drop-options > summary');
  await page.selectOption('#drop-results', '');
  await page.fill('#drop-expect', '(\\d+) Tests');
  await page.keyboard.press('Tab');
  await drop(page, firmware('f103', 'hex', 'tests-pass'));
  await page.click('#confirm');
  await page.locator('#outcome .groups').waitFor();
  assert.match(await outcome(page), /It said what was expected/);
  await closed(page);
});

test('progress, the sector map, and a reload in mid-flash that goes on watching', {
  timeout: LONG,
}, async () => {
  const big = join(bench.dir, 'maze-solver-1.4.bin');
  copyFileSync(bigImage(bench.dir, 40 * 1024), big);
  const page = await opened('#board/f103', { scheme: 'dark' });
  await drop(page, big);
  await page.click('#confirm');
  await page.locator('#work').waitFor();
  await page.locator('#sector-map .sector-erased, #sector-map .sector-written').first().waitFor();
  await page.locator('#sector-map .sector-written, #sector-map .sector-writing').first().waitFor();
  const seen = await page.locator('.figures').textContent();
  assert.match(seen, /%/);
  const { job } = await bench.board('f103');
  assert.ok(job);

  await page.reload();
  await page.locator('#work').waitFor();
  assert.match(await page.title(), /%/);
  await looksGood(page, 'while flashing');
  await page.locator('#sector-map .sector-verified').nth(15).waitFor();
  await picture(page, 'flashing-dark');
  await page.waitForFunction(() => !document.querySelector('#work'));
  await bench.get(`/api/v1/jobs/${job}/events`); // they end with it, a moment after the board is free
  assert.equal((await bench.get(`/api/v1/jobs/${job}`)).body.state, 'done');
  await closed(page);
});

test('how a board is flashed is chosen once, said in a line, and remembered', {
  timeout: LONG,
}, async () => {
  const page = await opened('#board/f103', { scheme: 'dark' });
  await page.click('#drop-options > summary');
  await page.selectOption('#drop-erase', 'mass');
  await page.selectOption('#drop-run', 'false');
  await looksGood(page, 'the options');
  await page.reload();
  const line = page.locator('#drop-options > summary');
  assert.match(await line.textContent(), /erases the whole flash, stays in the bootloader/);
  await drop(page, firmware('f103', 'hex'));
  await page.locator('#plan').waitFor();
  assert.match(await page.locator('.plan-figures').textContent(), /128 sectors/);
  await looksGood(page, 'a plan');

  await page.click('#plan-options > summary');
  await page.selectOption('#plan-erase', 'needed');
  await page.locator('.plan-figures', { hasText: '3 sectors' }).waitFor();
  await page.click('#confirm');
  await page.locator('#outcome').waitFor();
  const { jobs } = (await bench.get('/api/v1/jobs?board=f103&limit=1')).body;
  assert.equal(jobs[0].parameters.erase, 'needed');
  assert.equal(jobs[0].parameters.run, false);
  assert.match(await line.textContent(), /^\s*Options\s*stays in the bootloader\s*$/);
  assert.equal((await bench.board('f103')).state, 'bootloader');
  await closed(page);
});

test('what was mended on the way is said while it runs and at the end', {
  timeout: LONG,
}, async () => {
  const { f103 } = bench.sims;
  const page = await opened('#board/f103');
  await drop(page, bigImage(bench.dir, 16 * 1024, 7));
  await page.locator('#plan').waitFor();
  await f103.ctl('fault', 'nack', 'write', 'nth=20');
  try {
    await page.click('#confirm');
    await page.locator('#mended').waitFor();
    assert.match(await page.locator('#mended').textContent(), /write at 0x0800/);
    await looksGood(page, 'mended');
    await page.locator('#outcome').waitFor();
    assert.match(await outcome(page), /done.*Mended on the way: /s);
  } finally {
    await f103.ctl('fault', 'clear');
  }
  await closed(page);
});

test('what a cut cable left in doubt is named and drawn', { timeout: LONG }, async () => {
  const cut = await Bench.start({
    boards: [{ id: 'f103', part: 'f103rb', recovery: { reattach_s: 0 } }],
  });
  try {
    const page = await opened('#board/f103', { at: cut });
    await drop(page, bigImage(cut.dir, 16 * 1024, 8));
    await page.locator('#plan').waitFor();
    await cut.sims.f103.ctl('fault', 'unplug', 'write', 'nth=20');
    await page.click('#confirm');
    await page.locator('#unsure').waitFor();
    const { quarantine } = await cut.board('f103');
    const said = await page.locator('#quarantine').textContent();
    assert.ok(said.includes(quarantine.address), said);
    assert.ok(await page.locator('#sector-map .sector-unsure').count());
    await looksGood(page, 'in doubt');
    await closed(page);
  } finally {
    await cut.clear();
  }
});

test('protection and option bytes: seen, chosen, changed, each after a question', {
  timeout: LONG,
}, async () => {
  const page = await opened('#board/f407', { width: 390 });
  await page.locator('#drop').waitFor();
  assert.equal(await page.locator('#readout-on').isVisible(), false);
  await page.locator('#protection > summary').click();
  await page.locator('#read-options').click();
  await page.locator('#option-fields').waitFor();
  assert.match(await page.locator('.guard-now').textContent(), /nothing is protected/);

  await page.locator('#choose-sectors').click();
  await page.fill('#protect-sectors', '2, 99');
  await page.locator('#sectors-sure').click();
  assert.match(await page.locator('#sectors-dialog [role=alert]').textContent(), /0-3/);
  await page.fill('#protect-sectors', '2');
  await page.locator('sector-picker rect').nth(3).dispatchEvent('pointerdown', { pointerId: 1 });
  assert.equal(await page.inputValue('#protect-sectors'), '2-3');
  await page.locator('#sectors-sure').click();
  await page.waitForFunction(() =>
    document.querySelector('.guard-now')?.textContent.includes('2 sectors write-protected'),
  );
  assert.match(await page.locator('.legend').textContent(), /write-protected\s+2/);

  await page.selectOption('#option-nRST_STOP', '0');
  assert.match(await page.locator('#option-diff').textContent(), /nRST_STOP\s+1\s+→\s+0/);
  await page.locator('#write-options').click();
  await page.locator('#options-sure').click();
  await page.waitForFunction(
    () =>
      !document.querySelector('#option-diff') &&
      document.querySelector('#option-nRST_STOP')?.value === '0',
  );

  await page.locator('#readout-on').click();
  assert.equal(await page.locator('#readout-on-sure').isDisabled(), true);
  await page.locator('#protect-dialog .agree input').check();
  await page.locator('#readout-on-sure').click();
  await page.locator('#readout-off').waitFor();
  assert.match(await page.locator('.guard-now').textContent(), /^readout protected$/);
  await page.locator('#readout-off:enabled').click();
  assert.match(await page.locator('#open-dialog').textContent(), /Everything in the flash/);
  await page.locator('#open-dialog .agree input').check();
  await page.locator('#readout-off-sure').click();
  await page.locator('#readout-on:enabled').waitFor();
  await page.locator('#choose-sectors').click();
  await page.fill('#protect-sectors', '');
  await page.locator('#sectors-sure').click();
  await page.waitForFunction(() =>
    document.querySelector('.guard-now')?.textContent.includes('nothing is protected'),
  );
  await looksGood(page, 'protection');
  await bench.curl('-T', firmware('f407', 'hex'), '/api/v1/boards/f407/flash'); // as it was found
  await closed(page);
});

test('typing into the console reaches the board and comes back', { timeout: LONG }, async () => {
  const page = await opened('#board/f407');
  await page.fill('#console-line', 'is anybody there?');
  await page.click('#console-send');
  await shows(page, 'is anybody there?');
  assert.match(await consoleText(page), /is anybody there\?/);
  await closed(page);
});

test('what a board asks a terminal is never answered, also with two viewers', {
  timeout: LONG,
}, async () => {
  const pages = [await opened('#board/f407'), await opened('#board/f407', { scheme: 'dark' })];
  for (const page of pages) await page.locator('.screen .xterm-rows').waitFor();
  // Device attributes, status, cursor, DECRQM, size; DECRQSS; the colours.
  const queries =
    '\x1b[c\x1b[>c\x1b[5n\x1b[6n\x1b[?6n\x1b[?1$p\x1b[18t' +
    '\x1bP$qm\x1b\\\x1b]4;1;?\x07\x1b]10;?\x07\x1b]11;?\x07';
  const { offset } = (await bench.board('f407')).console;
  await bench.post('/api/v1/boards/f407/console', `echo\r${queries}\r\nthat was asked\r\n\x04`);
  for (const page of pages) await shows(page, 'that was asked');
  const { text } = await bench.get(`/api/v1/boards/f407/console?from=${offset}`);
  assert.ok(text.includes(queries), 'the board printed the questions');
  for (const page of pages) {
    assert.deepEqual(page.sent, [], 'nothing was sent to the board');
    await closed(page);
  }
});

test('sent lines come back with the arrows; of a paste the whole lines are sent', {
  timeout: LONG,
}, async () => {
  const page = await opened('#board/f407');
  await page.locator('.link-open').waitFor();
  const line = page.locator('#console-line');
  for (const text of ['first', 'second']) {
    await line.fill(text);
    await line.press('Enter');
  }
  for (const [key, text] of [
    ['ArrowUp', 'second'],
    ['ArrowUp', 'first'],
    ['ArrowDown', 'second'],
    ['ArrowDown', ''],
  ]) {
    await line.press(key);
    assert.equal(await line.inputValue(), text);
  }
  await line.evaluate((field) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', 'one\ntwo\nrest');
    field.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  });
  assert.equal(await line.inputValue(), 'rest');
  await shows(page, 'two');
  assert.equal(page.sent.join(''), 'first\r\nsecond\r\none\r\ntwo\r\n');
  await closed(page);
});

test('the cards show what boards print; a file dropped on one is planned', {
  timeout: LONG,
}, async () => {
  const page = await opened('');
  await page.locator('#card-f407').waitFor();
  const { text } = await bench.get('/api/v1/boards/f407/console?from=-64');
  const last = text
    .trim()
    .split(/[\r\n]+/)
    .pop();
  await page.locator('.card', { hasText: 'Motor controller' }).getByText(last).first().waitFor();
  await drop(page, firmware('f103', 'hex'), '#card-f103');
  await page.locator('#plan').waitFor();
  assert.match(page.url(), /#board\/f103$/);
  await closed(page);
});

test('a token is asked for; its role says what is offered; one can log out', {
  timeout: LONG,
}, async () => {
  const tokens = ['view', 'flash', 'admin'].map((role) => ({
    name: `a-${role}`,
    role,
    sha256: createHash('sha256').update(`benchd_a-${role}`).digest('hex'),
  }));
  const guarded = new Bench({ config: { tokens } });
  guarded.token = 'benchd_a-flash';
  try {
    await guarded.sims.f103.start();
    await guarded.start();
    const page = await opened('#board/f103', { at: guarded, waits: '#log-in' });
    const logIn = async (token) => {
      await page.fill('#log-in input', token);
      await page.click('#log-in button');
    };
    await page.locator('#log-in').waitFor();
    await looksGood(page, 'log in');
    await logIn('benchd_wrong');
    assert.match(await page.locator('#log-in [role=alert]').textContent(), /not known/);

    await logIn('benchd_a-view');
    assert.match(await page.locator('#limit').textContent(), /a-view/);
    for (const id of [
      'reset',
      'bootloader',
      'run',
      'read-out',
      'erase',
      'identify',
      'console-line',
    ])
      assert.ok(await page.locator(`#${id}`).isDisabled(), id);
    assert.equal(await page.locator('#drop').count(), 0);
    await looksGood(page, 'to watch only');

    await page.click('#log-out');
    await page.locator('#log-in').waitFor();
    assert.equal(await page.locator('#limit').count(), 0);
    await logIn('benchd_a-flash');
    await drop(page, firmware('f103', 'hex'));
    await page.click('#confirm');
    await page.locator('#outcome').waitFor();
    assert.match(await outcome(page), /done/);
    await page.click('.brand');
    await page.locator('#card-f103').waitFor();
    assert.equal(await page.locator('#add-board').count(), 0, 'boards are an admin’s');
    await page.click('#log-out');
    await logIn('benchd_a-admin');
    await page.locator('#add-board').waitFor();
    await closed(page);
  } finally {
    await guarded.clear();
  }
});

test('where control is by hand, the page says what to do at the bench', {
  timeout: LONG,
}, async () => {
  const byHand = await Bench.start({
    boards: [{ id: 'f103', part: 'f103rb', control: { kind: 'manual', wait_s: 60 } }],
  });
  try {
    const page = await opened('#board/f103', { at: byHand });
    await drop(page, firmware('f103', 'hex'));
    await page.locator('#work .act').waitFor();
    assert.match(await page.locator('#work .act').textContent(), /BOOT0/);
    await looksGood(page, 'by hand');
    await byHand.sims.f103.ctl('bootloader');
    await page.locator('#plan').waitFor();
    await page.click('#confirm');
    await page.locator('#outcome .bench-steps').waitFor();
    assert.match(await page.locator('#outcome').textContent(), /Set BOOT0 back to 0/);
    await looksGood(page, 'put BOOT0 back');
    await closed(page);
  } finally {
    await byHand.clear();
  }
});

for (const look of LOOKS) {
  test(`${look.name}: nothing overflows, axe finds nothing serious`, {
    timeout: LONG,
  }, async () => {
    const page = await opened('', look);
    await page.locator('#card-f103').waitFor();
    await looksGood(page, 'boards');
    await picture(page, `boards-${look.name}`);
    await page.click('#card-f103');
    await page.locator('#sector-map').waitFor();
    await page.locator('.screen .xterm-rows').waitFor();
    await looksGood(page, 'a board');
    await picture(page, `board-${look.name}`);
    await closed(page);
  });
}

test("by keyboard alone: from the boards to a file's plan and its flash", {
  timeout: LONG,
}, async () => {
  const page = await opened('');
  await page.locator('#card-f103').waitFor();
  /** Tabs on until the element with this id has the focus. */
  const reach = async (id) => {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return;
    }
    assert.fail(`#${id} is not reached with Tab`);
  };
  await reach('card-f103');
  await page.keyboard.press('Enter');
  await page.locator('#drop').waitFor();
  // Asked for before the key is pressed: Chromium is told to hand choosers over, and that takes a moment.
  const chooser = page.waitForEvent('filechooser');
  await reach('firmware-file');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(firmware('f103', 'hex'));
  await page.locator('#plan').waitFor();
  await reach('confirm');
  await page.keyboard.press('Enter');
  await page.locator('#outcome').waitFor();
  assert.match(await outcome(page), /done/);
  await closed(page);
});

test('a foreign page on another port of localhost cannot flash, type or listen', {
  timeout: LONG,
}, async () => {
  const target = `http://localhost:${bench.port}`;
  const image = readFileSync(firmware('f103', 'bin')).toString('base64');
  const html = `<!doctype html><title>evil</title>
		<form id="form" method="post" enctype="text/plain" target="frame" action="${target}/api/v1/boards/f103/flash?force=true">
		<textarea name="x">y</textarea></form><iframe name="frame" id="frame"></iframe>
		<script>
		const bytes = Uint8Array.from(atob("${image}"), (letter) => letter.charCodeAt(0));
		window.attack = async () => {
			const log = {};
			log.fetch = await fetch("${target}/api/v1/boards/f103/flash", { method: "POST", mode: "no-cors", body: bytes })
				.then((r) => r.type, (e) => String(e));
			log.erase = await fetch("${target}/api/v1/boards/f103/erase", { method: "POST", mode: "no-cors", body: '{"mass":true}' })
				.then((r) => r.type, (e) => String(e));
			log.type = await fetch("${target}/api/v1/boards/f103/console", { method: "POST", mode: "no-cors", body: "rm" })
				.then((r) => r.type, (e) => String(e));
			log.read = await fetch("${target}/api/v1/boards").then((r) => r.text(), () => "unreadable");
			log.form = await new Promise((done) => {
				document.getElementById("frame").onload = () => done("answered");
				document.getElementById("form").submit();
			});
			log.socket = await new Promise((done) => {
				const socket = new WebSocket("${target.replace('http', 'ws')}/ws/v1/boards/f103", "benchd.v1");
				socket.onopen = () => { socket.send(bytes); done("open"); };
				socket.onerror = () => done("refused");
			});
			return log;
		};
		</script>`;
  const evil = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(html);
  }).listen(0, '127.0.0.1');
  await once(evil, 'listening');
  try {
    const before = {
      board: await bench.board('f103'),
      jobs: (await bench.get('/api/v1/jobs')).body.jobs.length,
    };
    const page = await browser.newPage();
    await page.goto(`http://localhost:${evil.address().port}/`);
    const log = await page.evaluate(() => globalThis.attack());
    assert.equal(log.socket, 'refused');
    assert.equal(log.read, 'unreadable');
    assert.equal(log.form, 'answered'); // by a refusal, as what follows shows
    const after = {
      board: await bench.board('f103'),
      jobs: (await bench.get('/api/v1/jobs')).body.jobs.length,
    };
    assert.deepEqual(after, before, 'nothing was done, nothing was typed');
    await page.close();
  } finally {
    evil.close();
    evil.closeAllConnections();
  }
});
