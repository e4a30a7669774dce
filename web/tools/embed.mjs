// SPDX-License-Identifier: MIT
// Writes what the assembler and web/assets.c take: the files' bytes by .incbin, and their table.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
};
const WORTH_IT = 0.9;

function gzip(bytes) {
  const packed = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });
  packed[9] = 0xff; // the operating system's code: the same bytes on every machine
  return packed.length < bytes.length * WORTH_IT ? packed : null;
}

function blob(symbol, path) {
  return [
    `\t.global ${symbol}`,
    '\t.balign 16',
    `${symbol}:`,
    `\t.incbin ${JSON.stringify(path)}`,
  ].join('\n');
}

/** One file: its assembly, its declarations and its row. */
async function embedOne(folder, { path, bytes }, number) {
  const plain = join(folder, path);
  const etag = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const packed = gzip(bytes);
  const symbols = [`asset_${number}_plain`];
  const assembly = [`\t/* ${path} ${etag} */`, blob(symbols[0], plain)];
  await writeFile(plain, bytes);
  if (packed) {
    await writeFile(`${plain}.gz`, packed);
    symbols.push(`asset_${number}_gzip`);
    assembly.push(blob(symbols[1], `${plain}.gz`));
  }
  const type = TYPES[path.slice(path.lastIndexOf('.') + 1)];
  if (!type) throw new Error(`${path}: no media type for it`);
  const span = (i, data) => (data ? `{ ${symbols[i]}, ${data.length} }` : '{ NULL, 0 }');
  return {
    assembly: assembly.join('\n'),
    declarations: symbols.map((name) => `extern const uint8_t ${name}[];`).join('\n'),
    row: `\t{ "${path}", "${type}", "\\"${etag}\\"", ${span(0, bytes)}, ${span(1, packed)} },`,
    size: `${path}: ${bytes.length} bytes, gzip ${packed ? packed.length : '-'}`,
  };
}

/**
 * Embeds files ([{path, bytes}]) by way of folder; writes assets.S and assets.inc into out.
 * Gives back a line a file that says how large it is.
 */
export async function embed(out, folder, files) {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)); // web/assets.c bisects
  const parts = [];
  for (const [number, file] of sorted.entries()) parts.push(await embedOne(folder, file, number));
  const join = (key) => parts.map((part) => part[key]).join('\n');
  await writeFile(
    `${out}/assets.S`,
    `\t.section .rodata\n${join('assembly')}\n\t.section .note.GNU-stack,"",%progbits\n`,
  );
  await writeFile(
    `${out}/assets.inc`,
    `${join('declarations')}\nstatic const struct asset assets[] = {\n${join('row')}\n};\n`,
  );
  return parts.map((part) => part.size);
}
