// SPDX-License-Identifier: Apache-2.0
// Bundles the hook into two CommonJS files: hook.cjs, which every commit loads, and hook-signers.cjs, which it loads where
// a person's key has to be asked. What src/ imports by import() goes into the second. Usage: node src/hook/bundle.mjs [folder]
import { build } from 'esbuild';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'dist'));
const [HOOK, SIGNERS] = ['hook.cjs', 'hook-signers.cjs'];

/** @type {import('esbuild').BuildOptions} */
const options = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  // LGPL: it stays a package of its own, found from where these files are.
  external: ['openpgp'],
  // require() is quicker, and needs no second module loader.
  supported: { 'dynamic-import': false },
};

const later = new Set();
await build({ ...options, entryPoints: [join(root, 'src/hook/main.ts')], outfile: join(folder, HOOK), plugins: [{ name: 'later', setup: leaveOut }] });
const contents = [...later].sort().map((file) => `export * from ${JSON.stringify(file)};`).join('\n');
await build({ ...options, stdin: { contents, resolveDir: root, loader: 'ts' }, outfile: join(folder, SIGNERS), plugins: [{ name: 'fault', setup: shareFault }] });

function leaveOut({ onResolve }) {
  onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
    if (kind !== 'dynamic-import') return undefined;
    later.add(join(resolveDir, path));
    return { path: `./${SIGNERS}`, external: true };
  });
}

/** A fault is told by its class, so that there has to be one class for both: hook.cjs exports it. */
function shareFault({ onResolve }) {
  onResolve({ filter: /\/fault\.ts$/ }, () => ({ path: `./${HOOK}`, external: true }));
}
