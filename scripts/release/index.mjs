// Makes all parts of a release in an empty folder. The workflow release.yml publishes them.
//   npm run release -- --dry-run [--out FOLDER]            # reports what a release would lack
//   npm run release -- --tag v1.2.3 --out FOLDER           # refuses a release that lacks anything
//   npm run release -- --examples COMMIT --digest DIGEST   # writes the release into the examples
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { releasedExamples, writeExamples } from './examples.mjs';
import { imageContextInto } from './image.mjs';
import { NAMES, PLACEHOLDERS } from './names.mjs';
import { notesOf } from './notes.mjs';
import { packInto } from './package.mjs';
import { refusals } from './refusals.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const text = { type: 'string' };
const { values: options } = parseArgs({
  options: { 'dry-run': { type: 'boolean', default: false }, out: text, tag: text, examples: text, digest: text },
});
const dryRun = options['dry-run'];
const { version } = JSON.parse(read('package.json'));
const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';

/** The names that are set, and placeholders for the others. */
const names = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, name ?? PLACEHOLDERS[key]]));
const image = [process.env.IMAGE_REGISTRY, names.image].filter(Boolean).join('/');
const release = (commit, digest) => ({ repository: names.repository, image, version, commit, digest });

/** Prints errors, and ends with 1. */
function fail(...errors) {
  for (const error of errors) console.error(`error: ${error}`);
  process.exit(1);
}

/** Makes a new folder, or takes an empty one. */
function emptyFolder(path) {
  if (path === undefined) return mkdtempSync(join(tmpdir(), 'blacklistctl-release-'));
  mkdirSync(path, { recursive: true });
  if (readdirSync(path).length > 0) fail(`${path}: is not empty; name a new folder`);
  return resolve(path);
}

const changelog = read('CHANGELOG.md');
const tags = git('tag', '--list', 'v*').split('\n');
const { tag } = options;
const lacks = refusals({
  names: NAMES,
  version,
  changelog,
  tag,
  tags,
  changed: git('status', '--porcelain')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.trim().replace(/^\S+ +/, '')),
  // The examples of a release are written on the main branch, which may have newer commits.
  isTagged:
    tag === undefined ||
    options.examples !== undefined ||
    git('rev-parse', `${tag}^{commit}`) === git('rev-parse', 'HEAD'),
});
if (!dryRun && lacks.length > 0) fail(...lacks);
if (options.examples !== undefined) {
  writeExamples(root, release(options.examples, options.digest));
  process.exit(0);
}
if (!dryRun && tag === undefined) fail('pass --dry-run, or --tag with the tag of the release');
if (!existsSync(join(root, 'dist/cli.js'))) fail('the program is not built; run: npm ci');

const out = emptyFolder(options.out);
packInto(out, root, { names, dryRun });
imageContextInto(join(out, 'image'), root);
writeFileSync(join(out, 'notes.md'), notesOf(changelog, version, names.repository));
copyFileSync(join(root, 'dist/sbom.cdx.json'), join(out, 'sbom.cdx.json'));
copyFileSync(join(root, 'dist/THIRD_PARTY_NOTICES'), join(out, 'THIRD_PARTY_NOTICES'));
const patches = releasedExamples(root, release(git('rev-parse', 'HEAD'))).map(({ path, old, text }) =>
  createTwoFilesPatch(`a/${path}`, `b/${path}`, old, text, undefined, undefined, { headerOptions: FILE_HEADERS_ONLY }),
);
writeFileSync(join(out, 'examples.diff'), patches.join(''));

if (process.env.GITHUB_OUTPUT) {
  const outputs = { version, major: `v${version.split('.', 1)[0]}`, image, repository: names.repository };
  const lines = Object.entries(outputs).map(([key, value]) => `${key}=${value}\n`);
  appendFileSync(process.env.GITHUB_OUTPUT, lines.join(''));
}
console.log(
  `Made in ${out}:\n${readdirSync(out)
    .sort()
    .map((name) => `  ${name}\n`)
    .join('')}`,
);
for (const lack of lacks) console.log(`A release would be refused: ${lack}`);
