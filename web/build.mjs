// SPDX-License-Identifier: MIT
// Bundles the page and writes what the server embeds: node build.mjs OUT [OPENAPI.yaml].
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { embed } from './tools/embed.mjs';
import { xtermCsp } from './tools/xterm-csp.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const source = (name) => join(here, 'src', name);

async function bundle() {
  const result = await build({
    entryPoints: [source('app.js'), source('app.css'), source('reference.css')],
    outdir: here,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    splitting: true,
    chunkNames: '[name]-[hash]',
    target: ['chrome109', 'firefox115', 'safari16.4'],
    legalComments: 'none',
    plugins: [xtermCsp],
    logLevel: 'warning',
  });
  return result.outputFiles.map((file) => ({
    path: basename(file.path),
    bytes: Buffer.from(file.contents),
  }));
}

async function files(openapi) {
  const list = await bundle();
  for (const path of ['index.html', 'favicon.svg'])
    list.push({ path, bytes: await readFile(source(path)) });
  if (openapi && existsSync(openapi)) {
    const text = JSON.stringify(parse(await readFile(openapi, 'utf8')));
    list.push({ path: 'openapi.json', bytes: Buffer.from(text) });
  }
  return list;
}

const out = resolve(process.argv[2] ?? join(here, 'dist'));
const folder = join(out, 'files');
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const line of await embed(out, folder, await files(process.argv[3]))) console.log(line);
