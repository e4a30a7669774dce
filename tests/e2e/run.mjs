// SPDX-License-Identifier: MIT
// Runs test files side by side, each in a process and on a bench of its own: run.mjs FILE...
// They mostly wait for a wire's speed, so there are more of them than processors. Debian 12's node
// has no option for that (--test-concurrency), only this interface.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { run } from 'node:test';
import { tap } from 'node:test/reporters';

run({
  files: process.argv.slice(2).map((file) => resolve(file)),
  concurrency: availableParallelism() + 1,
})
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(tap)
  .pipe(process.stdout);
