import { sectionOf } from './notes.mjs';

/**
 * Returns why a release cannot be made, one text for each reason.
 *
 * @param tag the pushed one; undefined in a dry run
 * @param tags all tags of the repository
 */
export function refusals({ names, version, changelog, tag, tags }) {
  const unset = Object.keys(names).filter((key) => names[key] === null);
  const section = sectionOf(changelog, version);
  const newer = tags.filter((other) => compare(other, `v${version}`) > 0);
  return [
    unset.length > 0 && `scripts/release/names.mjs: ${unset.join(', ')} not set; register the names, and enter them`,
    !/^\d+\.\d+\.\d+$/.test(version) && `package.json: the version ${version} is not three numbers`,
    tag !== undefined && tag !== `v${version}` && `the tag is ${tag}, but package.json has the version ${version}`,
    section === null && `CHANGELOG.md: has no section ${version}`,
    section?.date === 'unreleased' && `CHANGELOG.md: the section ${version} is unreleased; write the date into it`,
    newer.length > 0 &&
      `v${version} is older than ${newer.join(', ')}: it would replace the newest version for all users`,
  ].filter(Boolean);
}

/** Compares two tags by their three numbers. Other tags are equal to any. */
function compare(a, b) {
  const [left, right] = [a, b].map((tag) => /^v(\d+)\.(\d+)\.(\d+)$/.exec(tag)?.slice(1).map(Number));
  const at = left && right ? [0, 1, 2].find((index) => left[index] !== right[index]) : undefined;
  return at === undefined ? 0 : left[at] - right[at];
}
