import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A step that uses this action, whatever its name is so far. The examples use no other one but GitHub's. */
const OUR_ACTION = /(?<=\buses: )(?!actions\/|docker:|\.\/)\S+@\S+(?: # v\S+)?/g;
/** Our package as npm installs it: a file of the user's repository before the first release, or a version. */
const OUR_PACKAGE = /(?<=\bnpm install .*)(?:\.\/\.github\/blacklistctl\.tgz|\bblacklistctl@\d+\.\d+\.\d+)/g;
/** Our image, whatever its name and its registry are so far. The examples use no other one with a version. */
const OUR_IMAGE = /(?<=\b(?:image:|FROM) )\S+?:\d+\.\d+\.\d+(?:@sha256:[0-9a-f]{64})?/g;

/**
 * Returns the examples with the released commit, package and image, by path. Files without any are omitted.
 *
 * @param release repository (OWNER/NAME), commit, version, image (with its registry) and the image's digest
 */
export function releasedExamples(root, { repository, commit, version, image, digest }) {
  const action = `${repository}@${commit} # v${version}`;
  const pinned = `${image}:${version}${digest ? `@${digest}` : ''}`;
  const files = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => {
      const path = join('examples', name);
      const old = readFileSync(join(root, path), 'utf8');
      const text = old.replace(OUR_ACTION, () => action).replace(OUR_PACKAGE, () => `blacklistctl@${version}`);
      return { path, old, text: text.replace(OUR_IMAGE, () => pinned) };
    });
  return files.filter(({ old, text }) => text !== old);
}

export function writeExamples(root, release) {
  for (const { path, text } of releasedExamples(root, release)) writeFileSync(join(root, path), text);
}
