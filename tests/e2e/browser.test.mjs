// SPDX-License-Identifier: MIT
// The page in a real browser: drop a file, see its plan, watch it being done, read the console.
// With UPDATE_SCREENSHOTS=1 it also makes the pictures of README and docs.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Bench, bigImage, firmware, TOP } from './harness.mjs';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
const pictures = process.env.UPDATE_SCREENSHOTS ? join(TOP, 'docs/images') : null;
const LONG = 120_000;

let bench;
let browser;
before(async () => {
  bench = await Bench.start({
    boards: [
      { id: 'f103', part: 'f103rb', label: 'Micromouse', tags: ['f1', 'robot'] },
      { id: 'f407', part: 'f407vg', label: 'Motor controller', tags: ['f4'] },
    ],
  });
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

/** A fresh browser's page; what the policy forbids is kept and must be nothing. */
async function opened(path = '', { width = 1280, height = 900, scheme = 'light' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  const page = await context.newPage();
  page.setDefaultTimeout(LONG / 3);
  page.violations = [];
  page.errors = [];
  await page.exposeFunction('tellViolation', (text) => page.violations.push(text));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      globalThis.tellViolation(
        `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`,
      ),
    );
  });
  page.on('pageerror', (error) => page.errors.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(bench.url) && !/^(data|blob):/.test(request.url()))
      page.errors.push(`a request to ${request.url()}`);
  });
  await page.goto(`${bench.url}/${path}`);
  return page;
}

async function closed(page) {
  assert.deepEqual(page.violations, [], 'the content security policy was kept');
  assert.deepEqual(page.errors, [], 'no script failed and nothing was loaded from elsewhere');
  await page.context().close();
}

/** Drops a file on the page as a file manager does. */
async function drop(page, path) {
  const data = await page.evaluateHandle(
    ([bytes, name]) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([content], name));
      return transfer;
    },
    [readFileSync(path).toString('base64'), basename(path)],
  );
  await page.locator('#drop').waitFor();
  await page.dispatchEvent('#drop', 'dragover', { dataTransfer: data });
  await page.dispatchEvent('#drop', 'drop', { dataTransfer: data });
}

const outcome = (page) => page.locator('#outcome').textContent();
const consoleText = (page) =>
  page.locator('.screen .xterm-rows').evaluate((rows) => rows.textContent.replace(/\u00a0/g, ' '));

/** The first line that an image prints, awaited: the console must show it. */
async function printed(id) {
  const reply = await fetch(`${bench.url}/api/v1/boards/${id}/console?from=flash&follow=true`);
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of reply.body) {
    text += decoder.decode(chunk, { stream: true });
    const whole = text.split(/[\r\n]+/).slice(0, -1);
    const line = whole.find((one) => one.trim().length >= 8);
    if (line) return line.trim();
  }
  assert.fail(`the console ended after: ${text}`);
}

async function axe(page, what) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ['violations'] }).then((result) =>
      result.violations.map(({ id, impact, nodes }) => ({
        id,
        impact,
        at: nodes.map((node) => node.html.slice(0, 160)),
      })),
    ),
  );
  const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious, [], what);
}

async function picture(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
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
    await page.waitForFunction(
      (text) =>
        document
          .querySelector('.screen .xterm-rows')
          ?.textContent.replace(/\u00a0/g, ' ')
          .includes(text),
      words,
    );
    await closed(page);
  });
}

test('progress, the sector map, and a reload in mid-flash that goes on watching', {
  timeout: LONG,
}, async () => {
  const big = bigImage(bench.dir, 40 * 1024);
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
  await axe(page, 'while flashing');
  await page.locator('#sector-map .sector-verified').nth(15).waitFor();
  await picture(page, 'flashing-dark');
  await page.waitForFunction(() => !document.querySelector('#work'));
  assert.equal((await bench.get(`/api/v1/jobs/${job}`)).body.state, 'done');
  await closed(page);
});

test('typing into the console reaches the board and comes back', { timeout: LONG }, async () => {
  const page = await opened('#board/f407');
  await page.fill('#console-line', 'is anybody there?');
  await page.click('#console-send');
  await page.waitForFunction(() =>
    document
      .querySelector('.screen .xterm-rows')
      ?.textContent.replace(/\u00a0/g, ' ')
      .includes('is anybody there?'),
  );
  assert.match(await consoleText(page), /is anybody there\?/);
  await closed(page);
});

const LOOKS = [
  { name: 'wide, light', width: 1280, height: 900, scheme: 'light', file: 'light' },
  { name: 'wide, dark', width: 1280, height: 900, scheme: 'dark', file: 'dark' },
  { name: 'a phone, light', width: 390, height: 844, scheme: 'light', file: 'phone-light' },
  { name: 'a phone, dark', width: 390, height: 844, scheme: 'dark', file: 'phone-dark' },
];
for (const { name, file, ...look } of LOOKS) {
  test(`${name}: nothing overflows, axe finds nothing serious`, { timeout: LONG }, async () => {
    const page = await opened('', look);
    await page.locator('#card-f103').waitFor();
    await axe(page, 'boards');
    await picture(page, `boards-${file}`);
    await page.click('#card-f103');
    await page.locator('#sector-map').waitFor();
    await page.locator('.screen .xterm-rows').waitFor();
    await axe(page, 'a board');
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= look.width, `${width} px wide`);
    await picture(page, `board-${file}`);
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
  await reach('firmware-file');
  const chooser = page.waitForEvent('filechooser');
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
