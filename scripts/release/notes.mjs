/**
 * Finds the section of a version in the changelog.
 *
 * @returns its date (or "unreleased") and its text; null if there is no such section
 */
export function sectionOf(changelog, version) {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((text) => text.split(/\s/, 1)[0] === version);
  if (section === undefined) return null;
  const [heading, ...lines] = section.split('\n');
  return { date: /\((.*)\)/.exec(heading)?.[1] ?? '', text: `${lines.join('\n').trim()}\n` };
}

/** Writes the notes of a release. Relative links lead nowhere on its page, so they become links to the tagged files. */
export function notesOf(changelog, version, repository) {
  const { text } = sectionOf(changelog, version);
  return text.replace(/\]\((?!https?:|#)/g, `](https://github.com/${repository}/blob/v${version}/`);
}
