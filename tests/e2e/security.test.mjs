// SPDX-License-Identifier: MIT
// Tokens, roles and sessions; what benchd refuses to start with; what it refuses to open.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Bench, BUILD, firmware, run, Viewer } from './harness.mjs';

const BENCHD = join(BUILD, 'server/benchd');
const ROLES = ['view', 'console', 'flash', 'admin'];
const secret = (role) => `benchd_secret-of-${role}-0123456789abcdefghijklmnop`;
const TOKENS = ROLES.map((role) => ({
  name: `the-${role}`,
  role,
  sha256: createHash('sha256').update(secret(role)).digest('hex'),
}));

let bench;
before(async () => {
  bench = new Bench({
    boards: [{ id: 'f103', part: 'f103rb' }],
    config: { tokens: TOKENS },
  });
  bench.token = secret('admin');
  await bench.sims.f103.start();
  await bench.start();
});
after(() => bench?.clear());

const as = (role) => ({ Authorization: `Bearer ${secret(role)}` });

test('without credentials nothing of the API is answered', async () => {
  for (const path of [
    '/api/v1/boards',
    '/api/v1/jobs',
    '/api/v1/boards/f103/console',
    '/api/v1/firmware',
  ]) {
    const response = await fetch(bench.url + path);
    assert.equal(response.status, 401, path);
    assert.equal((await response.json()).code, 'unauthorized');
  }
  const nearly = `${secret('admin').slice(0, -1)}x`;
  for (const value of [
    'Bearer x',
    'Bearer ',
    'Basic eDp5',
    `Bearer ${nearly}`,
    `Bearer ${secret('admin')}x`,
  ]) {
    const response = await fetch(`${bench.url}/api/v1/boards`, {
      headers: { Authorization: value },
    });
    assert.equal(response.status, 401, value);
  }
});

// What each role may do: the lowest role that is let through.
const RIGHTS = [
  { name: 'see boards', path: '/api/v1/boards', needs: 'view' },
  { name: 'read the console', path: '/api/v1/boards/f103/console', needs: 'view' },
  {
    name: 'type',
    method: 'POST',
    path: '/api/v1/boards/f103/console',
    body: 'x',
    needs: 'console',
  },
  { name: 'identify', method: 'POST', path: '/api/v1/boards/f103/identify', needs: 'flash' },
  {
    name: 'flash',
    method: 'POST',
    path: '/api/v1/boards/f103/flash?dry_run=perhaps',
    body: 'x',
    needs: 'flash',
  },
];

for (const { name, method = 'GET', path, body, needs } of RIGHTS) {
  test(`to ${name} one needs the role ${needs}`, async () => {
    for (const role of ROLES) {
      const response = await fetch(bench.url + path, { method, body, headers: as(role) });
      const text = await response.text();
      if (ROLES.indexOf(role) < ROLES.indexOf(needs)) {
        assert.equal(response.status, 403, `${role}: ${text}`);
        assert.equal(JSON.parse(text).code, 'forbidden');
      } else {
        assert.ok(![401, 403].includes(response.status), `${role}: ${response.status} ${text}`);
      }
    }
  });
}

test('WebSockets need credentials, and typing in them the role console', async () => {
  const anonymous = { url: bench.url, headers: {} };
  await assert.rejects(
    Viewer.open(anonymous, '/ws/v1/boards/f103'),
    (error) => error.status === 401,
  );
  const viewer = await Viewer.open(anonymous, '/ws/v1/boards/f103', { headers: as('view') });
  viewer.send(Buffer.from('x'));
  await viewer.until((v) => v.events.find((event) => event.type === 'refused'));
  viewer.close();
});

test('a session: a cookie that scripts cannot read and other sites cannot send', async () => {
  const wrong = await fetch(`${bench.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: 'wrong' }),
  });
  assert.equal(wrong.status, 401);
  assert.equal(wrong.headers.get('set-cookie'), null);

  const good = await fetch(`${bench.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: secret('flash') }),
  });
  assert.equal(good.status, 200);
  const cookie = good.headers.get('set-cookie');
  assert.match(cookie, /^benchd_session=[^;]{32,}/);
  assert.match(cookie, /;\s*HttpOnly/i);
  assert.match(cookie, /;\s*SameSite=Strict/i);
  assert.match(cookie, /;\s*Path=\//i);
  assert.ok(!cookie.includes(secret('flash')));

  const Cookie = cookie.split(';')[0];
  const boards = await fetch(`${bench.url}/api/v1/boards`, { headers: { Cookie } });
  assert.equal(boards.status, 200);
  const viewer = await Viewer.open({ url: bench.url, headers: { Cookie } }, '/ws/v1/events');
  await viewer.until((v) => v.events.length > 0);
  viewer.close();

  const ended = await fetch(`${bench.url}/api/v1/session`, {
    method: 'DELETE',
    headers: { Cookie },
  });
  assert.ok(ended.status < 300);
  const late = await fetch(`${bench.url}/api/v1/boards`, { headers: { Cookie } });
  assert.equal(late.status, 401);
});

test('a job says whose it is', async () => {
  const { code, json, text } = await bench.curl(
    '--fail-with-body',
    '-T',
    firmware('f103', 'hex'),
    '/api/v1/boards/f103/flash',
  );
  assert.equal(code, 0, text);
  const board = await bench.board('f103');
  assert.equal(board.image.by, 'the-admin');
  assert.equal(json.state, 'done');
});

test('neither the log nor the state directory holds a token', async () => {
  for (const role of ROLES) assert.ok(!bench.program.errors.includes(secret(role)));
  const { code } = await run(['grep', '-rqa', 'benchd_secret-of', join(bench.dir, 'state')]);
  assert.equal(code, 1, 'grep finds nothing');
});

/** Runs benchd to its end with a configuration. */
async function tried(config, ...args) {
  const dir = mkdtempSync(join(tmpdir(), 'benchd-e2e-'));
  try {
    const file = join(dir, 'benchd.json');
    writeFileSync(
      file,
      typeof config === 'string'
        ? config
        : JSON.stringify({ state_dir: join(dir, 'state'), ...config }),
    );
    return await run([BENCHD, '--config', file, ...args], { timeout: 30_000 });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test('an address beyond loopback is refused without tokens, and told how to make one', async () => {
  for (const listen of ['0.0.0.0:0', '[::]:0', '192.0.2.1:8080']) {
    const { code, errors, text } = await tried({ listen: [listen] });
    assert.equal(code, 2, `${listen}: ${errors}`);
    assert.equal(text, '');
    assert.match(errors, /--new-token/);
  }
});

test('--new-token prints a token and its hash, which let in', async () => {
  const { code, text } = await run([BENCHD, '--new-token', 'alice']);
  assert.equal(code, 0);
  const token = text.match(/benchd_[A-Za-z0-9_-]+/)[0];
  const sha256 = text.match(/\b[0-9a-f]{64}\b/)[0];
  assert.equal(createHash('sha256').update(token).digest('hex'), sha256);
  const own = await Bench.start({
    boards: [],
    config: { tokens: [{ name: 'alice', role: 'admin', sha256 }] },
  });
  try {
    own.token = token;
    assert.equal((await own.get('/api/v1/boards')).status, 200);
  } finally {
    await own.clear();
  }
});

const WRONG = [
  { name: 'a syntax error, by line and column', config: '{\n  "listen": [,]\n}', says: /:2:\d+/ },
  {
    name: 'an unknown member, by its path',
    config: { boards: [{ id: 'a', prot: '/dev/null' }] },
    says: /boards\[0\]\.prot/,
  },
  {
    name: 'a bad id',
    config: { boards: [{ id: 'A!', port: '/dev/ttyUSB0' }] },
    says: /boards\[0\]\.id/,
  },
  {
    name: 'a control line that is none',
    config: {
      boards: [{ id: 'a', port: '/dev/ttyUSB0', control: { kind: 'lines', reset: 'cts' } }],
    },
    says: /boards\[0\]\.control\.reset/,
  },
  {
    name: 'two boards of one id',
    config: {
      boards: [
        { id: 'a', port: '/dev/ttyUSB0' },
        { id: 'a', port: '/dev/ttyUSB1' },
      ],
    },
    says: /boards\[1\]/,
  },
];
for (const { name, config, says } of WRONG) {
  test(`a configuration with ${name} is refused`, async () => {
    const { code, errors } = await tried(config, '--check');
    assert.equal(code, 2, errors);
    assert.match(errors, says);
  });
}

test('only a tty is opened: not a file, not a link to one, not a pipe, not /dev/null', async () => {
  const own = new Bench({ boards: [] });
  try {
    const file = join(own.dir, 'file');
    writeFileSync(file, 'precious');
    symlinkSync(file, join(own.dir, 'link'));
    await run(['mkfifo', join(own.dir, 'fifo')]);
    const ports = {
      file,
      link: join(own.dir, 'link'),
      fifo: join(own.dir, 'fifo'),
      null: '/dev/null',
    };
    for (const [id, port] of Object.entries(ports)) own.config.boards.push({ id, port });
    await own.start();
    for (const id of Object.keys(ports)) {
      const board = await own.board(id);
      assert.equal(board.state, 'absent', id);
      assert.ok(board.cause, `${id} has a cause`);
      const { json } = await own.curl('-T', firmware('f103', 'hex'), `/api/v1/boards/${id}/flash`);
      assert.equal(json.status, 503, JSON.stringify(json));
    }
    const { text } = await run(['cat', file]);
    assert.equal(text, 'precious');
  } finally {
    await own.clear();
  }
});

test('two daemons do not share a state directory', async () => {
  const { code, errors } = await run(
    [BENCHD, '--listen', '127.0.0.1:0', '--state-dir', join(bench.dir, 'state')],
    {
      timeout: 30_000,
    },
  );
  assert.equal(code, 1, errors);
  assert.match(errors, /state|use|lock/i);
});
