// Finds the packages that a bundle contains, and writes their notices and the software bill of materials.
import { readdirSync, readFileSync } from 'node:fs';

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
/** The place of a package in the lock file; node_modules may be a link to a folder elsewhere. */
const placeOf = (folder) => folder.slice(folder.indexOf('node_modules/'));
const NOTICE = /^(?:licen[cs]e|copying|notice)/i;

/**
 * Returns the paths of the files in the outputs of a build: those of which no byte is left are not bundled. Omits the
 * modules of Node, which have no file.
 *
 * @param metafile of esbuild
 */
export function bundledFiles({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return [
    ...new Set(
      inputs
        .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && !path.startsWith('node:'))
        .map(([path]) => path),
    ),
  ];
}

/**
 * Returns the packages that the files are from, sorted by name: name, version, license (SPDX), integrity (of the lock
 * file) and notices (the texts). A package under the MIT license may have no file with its text, because the text is
 * always the same. Any other package without one is an error.
 *
 * @param files paths below the root
 * @param root ends with a slash
 */
export function packagesOf(files, root) {
  const folders = [...new Set(files.flatMap((path) => PACKAGE.exec(path)?.[1] ?? []))];
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')).packages;
  return folders.map((folder) => readPackage(folder, lock, root)).sort(byName);
}

const byName = (a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1);

function readPackage(folder, lock, root) {
  const read = (file) => readFileSync(`${root}${folder}/${file}`, 'utf8');
  const { name, version, license, author } = JSON.parse(read('package.json'));
  const files = readdirSync(`${root}${folder}`);
  const texts = files.filter((file) => NOTICE.test(file)).sort();
  const notices = texts.map((file) => read(file).trim());
  if (notices.length === 0) {
    if (license !== 'MIT') throw new Error(`${folder}: has no file with its license, so it cannot be bundled`);
    const readme = files.includes('README.md') ? read('README.md') : '';
    const owner = typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`);
    const [copyright] = /^Copyright .*$/m.exec(readme) ?? [`Copyright (c) ${owner}`];
    notices.push(
      readFileSync(`${root}LICENSE`, 'utf8')
        .replace(/^Copyright .*$/m, () => copyright)
        .trim(),
    );
  }
  return { name, version, license, integrity: lock[placeOf(folder)].integrity, notices };
}

/** Writes the file THIRD_PARTY_NOTICES. */
export function noticesOf(packages) {
  const rule = '-'.repeat(100);
  const parts = packages.map(
    ({ name, version, license, notices }) => `${rule}\n${name} ${version} (${license})\n\n${notices.join('\n\n')}\n`,
  );
  return `This program contains the following packages.\n\n${parts.join('\n')}`.replaceAll('\r\n', '\n');
}

/** Writes a bill of materials in the format CycloneDX 1.5. It contains no time, so the same bundle has the same text. */
export function sbomOf({ name, version, license }, packages) {
  const purl = (each) => `pkg:npm/${each.name.replace('@', '%40')}@${each.version}`;
  const component = (type, each) => ({
    type,
    'bom-ref': purl(each),
    name: each.name,
    version: each.version,
    purl: purl(each),
    licenses: [
      / (?:AND|OR|WITH) /.test(each.license) ? { expression: each.license } : { license: { id: each.license } },
    ],
    ...(each.integrity && { hashes: [hashOf(each.integrity)] }), // not the program itself
  });
  const own = component('application', { name, version, license });
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: own },
    components: packages.map((each) => component('library', each)),
    dependencies: [{ ref: own['bom-ref'], dependsOn: packages.map(purl) }],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

/** Turns the integrity of a lock file (`sha512-` and base64) into a hash in hexadecimal digits. */
function hashOf(integrity) {
  const [algorithm, digest] = integrity.split('-', 2);
  const content = Buffer.from(digest, 'base64').toString('hex');
  return { alg: algorithm.toUpperCase().replace('SHA', 'SHA-'), content };
}
