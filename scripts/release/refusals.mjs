import { sectionOf } from './notes.mjs';

/** The forms of the names: a wrong one would end the release in its middle. Images have small letters only. */
const FORMS = {
  repository: /^[A-Za-z0-9-]+\/[\w.-]+$/,
  image: /^[a-z0-9._-]+(?:\/[a-z0-9._-]+)+$/,
  owners: /^@[\w-]+(?:\/[\w.-]+)?(?: @[\w-]+(?:\/[\w.-]+)?)*$/,
};

/**
 * Returns why a release cannot be made, one text for each reason.
 *
 * @param tag the pushed one; undefined in a dry run
 * @param tags all tags of the repository
 * @param changed the files that differ from the commit
 * @param isTagged false if the tag is on another commit
 */
export function refusals({ names, version, changelog, tag, tags, changed, isTagged }) {
  const unset = Object.keys(names).filter((key) => names[key] === null);
  const wrong = Object.keys(names).filter((key) => names[key] !== null && !FORMS[key].test(names[key]));
  const section = sectionOf(changelog, version);
  const newer = tags.filter((other) => compare(other, `v${version}`) > 0);
  return [
    unset.length > 0 && `scripts/release/names.mjs: ${unset.join(', ')} not set; register the names, and enter them`,
    wrong.length > 0 && `scripts/release/names.mjs: ${wrong.join(', ')} not in the form of its comment; fix it`,
    changed.length > 0 && `${changed.join(', ')}: not committed; commit or remove the changes`,
    !/^\d+\.\d+\.\d+$/.test(version) && `package.json: the version ${version} is not three numbers`,
    tag !== undefined && tag !== `v${version}` && `the tag is ${tag}, but package.json has the version ${version}`,
    !isTagged && `the tag ${tag} is not on this commit; check out the tag`,
    section === null && `CHANGELOG.md: has no section ${version}`,
    section &&
      !isDate(section.date) &&
      `CHANGELOG.md: the section ${version} has no date; write ${version} (YYYY-MM-DD)`,
    section?.text.trim() === '' && `CHANGELOG.md: the section ${version} is empty; list the changes`,
    newer.length > 0 &&
      `v${version} is older than ${newer.join(', ')}: it would replace the newest version for all users`,
  ].filter(Boolean);
}

/** Date takes 31 February as a day of March. */
const isDate = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(text).toJSON()?.startsWith(text) === true;

/** Compares two tags by their three numbers. Other tags are equal to any. */
function compare(a, b) {
  const [left, right] = [a, b].map((tag) => /^v(\d+)\.(\d+)\.(\d+)$/.exec(tag)?.slice(1).map(Number));
  const at = left && right ? [0, 1, 2].find((index) => left[index] !== right[index]) : undefined;
  return at === undefined ? 0 : left[at] - right[at];
}
