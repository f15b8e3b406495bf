// SPDX-License-Identifier: Apache-2.0
// The rules of the house, as a checker over source text: which way the arrows point, which file may import what, and
// what pure rooms must not know. It reads lines, not syntax: it holds an honest developer, not a hostile one.

export interface Source {
  /** Path from src/ with `/`: `verifier/verdict.ts`. */
  file: string;
  text: string;
}

interface Import {
  specifier: string;
  /** Vanishes when compiled. */
  typeOnly: boolean;
  /** `import()` at run time. */
  dynamic: boolean;
}

/** Arrows point from a higher number to a lower one; rooms of the same number don't know each other. Ground is 0. */
export const ROOMS: Record<string, number> = {
  ground: 0,
  commit: 1, signature: 1,
  trust: 2, statement: 2, agents: 2, repo: 2,
  signer: 3, verifier: 3,
  cosign: 4, history: 4, hook: 4, incident: 4, session: 4, setup: 4,
  report: 5,
  cli: 6,
  index: 7,
};

/** Every package has one door: the files that may import it. */
export const DOORS: Record<string, RegExp> = {
  yaml: /^trust\/yaml\.ts$/,
  zod: /(?:^|\/)schema\.ts$|^trust\/(?:policy|roster|key)\.ts$/,
  yargs: /^cli\//,
  'isomorphic-git': /^repo\/isomorphic\.ts$/,
  openpgp: /^signature\/openpgp\/packets\.ts$|^signer\/openpgp\.ts$/,
  '@sigstore/bundle': /^signature\/sigstore\/|^signer\/sigstore\.ts$/,
  '@sigstore/protobuf-specs': /^signature\/sigstore\//,
  '@sigstore/verify': /^signature\/sigstore\//,
  '@sigstore/sign': /^signer\/sigstore\.ts$/,
  '@sigstore/tuf': /^setup\/trust-root\.ts$/,
  'openid-client': /^signer\/sign-in\.ts$/,
};

/** Packages that cost too much at start-up for a static import. */
const HEAVY = ['isomorphic-git', 'openpgp', '@sigstore/bundle', '@sigstore/protobuf-specs', '@sigstore/verify', '@sigstore/sign', '@sigstore/tuf', 'openid-client'];

/** Packages that the hook's bundle loads from beside itself, at run time, where somebody's key asks for it. */
const OUTSIDE = ['openpgp'];

/** Who may start processes, and why. */
export const SPAWNERS: readonly [files: RegExp, reason: string][] = [
  [/^repo\//, 'asks the git binary'],
  [/^signer\/program\.ts$/, 'signs with ssh-keygen or gpg, so that agents, smart cards and hardware keys work'],
  [/^signer\/browser\.ts$/, 'opens the browser to sign in'],
  [/^session\/run\.ts$/, 'runs the agent'],
  [/^hook\/ancestor\.ts$/, 'asks ps for the git commit above the hook'],
];

const PURE = ['verifier', 'report', 'commit', 'signature', 'statement'];
const PURE_BUILTINS = ['node:crypto', 'node:buffer', 'node:util', 'node:zlib'];
const IMPURE = /\bDate\.now\b|\bnew Date\(\)|(?<![.\w])process\.|\bperformance\.now\b|(?<![.\w])fetch\(|\bglobalThis\b|\bset(?:Timeout|Interval)\(/;
const VOICE = /\bconsole\.|(?<![.\w])process\.(?:exit|(?:stdout|stderr)\.write)|\bpipe\(process\.|\bwriteSync\([12],/;
const HIDDEN = /(?<![.\w])(?:require|createRequire|eval)\(|\bnew Function\(|\bgetBuiltinModule\b|\bimport\((?!\s*['"])/;
const VAGUE = /(?:^|\/)(?:utils?|helpers?|common|misc|manager|service|base)\.ts$/;

export function roomOf(file: string): string {
  const slash = file.indexOf('/');
  return slash === -1 ? (file === 'index.ts' ? 'index' : 'ground') : file.slice(0, slash);
}

/** Returns the text without comments that begin a line or follow white space; `'src/**'` is none. */
export function stripComments(text: string): string {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** Returns every import, export-from and `import()` of a source text. */
export function importsOf(text: string): Import[] {
  const code = stripComments(text);
  const fixed = [...code.matchAll(/^(?:import|export)\b(\s+type\b)?[^'";]*?\bfrom\s*(['"])(.+?)\2/gm)];
  const bare = [...code.matchAll(/^import\s*(['"])(.+?)\1/gm)];
  const late = [...code.matchAll(/(\btypeof\s+)?\bimport\(\s*(['"])(.+?)\2\s*\)/g)];
  return [
    ...fixed.map(([, type, , specifier]) => ({ specifier: specifier!, typeOnly: type !== undefined, dynamic: false })),
    ...bare.map(([, , specifier]) => ({ specifier: specifier!, typeOnly: false, dynamic: false })),
    ...late.map(([, type, , specifier]) => ({ specifier: specifier!, typeOnly: type !== undefined, dynamic: true })),
  ];
}

/** Returns what is wrong with one source file, each as `file: what`. */
export function checkSource({ file, text }: Source): string[] {
  const code = stripComments(text);
  const room = roomOf(file);
  const lines = text.split('\n').length - 1;
  return [
    ...(text.startsWith('// SPDX-License-Identifier: Apache-2.0\n// ') ? [] : ['begins with the SPDX line and says below it what it is']),
    ...(lines <= 250 ? [] : [`${lines} lines, 250 at most`]),
    ...(VAGUE.test(file) || !/^(?:[a-z0-9-]+\/)*[a-z0-9-]+\.ts$/.test(file) ? ['is not named by a noun of the domain'] : []),
    ...(room in ROOMS ? [] : [`no such room: ${room}`]),
    ...(HIDDEN.test(code) ? ['loads what nobody can see in an import line'] : []),
    ...(PURE.includes(room) && IMPURE.test(code) ? [`a pure room reads ${IMPURE.exec(code)![0]}`] : []),
    ...(room !== 'cli' && file !== 'hook/main.ts' && VOICE.test(code) ? [`only cli/ and hook/main.ts speak or exit: ${VOICE.exec(code)![0]}`] : []),
    ...importsOf(text).flatMap((one) => checkImport(file, one)),
  ].map((problem) => `${file}: ${problem}`);
}

function checkImport(file: string, { specifier, typeOnly, dynamic }: Import): string[] {
  if (specifier.startsWith('.')) return checkArrow(file, specifier);
  if (specifier.startsWith('node:')) return checkBuiltin(file, specifier);
  const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  if (!DOORS[name]?.test(file)) return [`is no door to ${name}`];
  return HEAVY.includes(name) && !typeOnly && !dynamic ? [`${name} is loaded by import() only`] : [];
}

function checkArrow(file: string, specifier: string): string[] {
  const target = resolveImport(file, specifier);
  if (!target.endsWith('.ts')) return [`imports ${specifier} without .ts`];
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === to) return [];
  return (ROOMS[from] ?? 0) > (ROOMS[to] ?? Infinity) ? [] : [`${from} does not import from ${to}: ${target}`];
}

function checkBuiltin(file: string, specifier: string): string[] {
  if (PURE.includes(roomOf(file)) && !PURE_BUILTINS.includes(specifier)) return [`a pure room imports ${specifier}`];
  const spawns = specifier === 'node:child_process' && !SPAWNERS.some(([files]) => files.test(file));
  return spawns ? ['starts processes; who may stands in the list of spawners'] : [];
}

/** Returns the path from src/ that a relative import names; `..` above src/ stays visible. */
export function resolveImport(file: string, specifier: string): string {
  return new URL(specifier, `file:///above/src/${file}`).pathname.replace(/^\/above\/src\//, '').replace(/^\/above\//, '../');
}

/** Returns what a bundle that starts at `entry` would hold besides relative files and Node's own: `a.ts > b.ts: yaml`. */
export function checkBundle(entry: string, sources: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  const chains = new Map([[entry, entry]]);
  for (const [file, chain] of chains) {
    const text = sources.get(file);
    if (text === undefined) problems.push(`${chain}: no such file`);
    for (const { specifier, typeOnly, dynamic } of importsOf(text ?? '')) {
      if (typeOnly || specifier.startsWith('node:') || (dynamic && OUTSIDE.includes(specifier))) continue;
      if (!specifier.startsWith('.')) problems.push(`${chain}: ${specifier}`);
      else if (!chains.has(resolveImport(file, specifier))) chains.set(resolveImport(file, specifier), `${chain} > ${resolveImport(file, specifier)}`);
    }
  }
  return problems;
}

/** Returns what is wrong with a test file: uvu passes in silence over a suite that is never run. */
export function checkTestFile(text: string): string[] {
  const code = stripComments(text);
  const suites = [...code.matchAll(/^(?:const|let) (\w+) = suite\(/gm)].map(([, name]) => name!);
  const idle = suites.filter((name) => !new RegExp(`^${name}\\.run\\(\\);$`, 'm').test(code));
  return [...(code.trimEnd().endsWith('.run();') ? [] : ['does not end in .run();']), ...idle.map((name) => `never runs ${name}`)];
}

/** Returns the dependencies that are not pinned to one version. */
export function checkVersions(manifest: Record<string, unknown>): string[] {
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  const all = kinds.flatMap((kind) => Object.entries((manifest[kind] ?? {}) as Record<string, string>));
  return all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)).map(([name, version]) => `${name} ${version}`);
}
