import { cpSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * Copies into a folder the Dockerfile and the files that .dockerignore lets through. A line is "*", "!PATH" or "PATH":
 * the last one that contains a file decides.
 */
export function imageContextInto(folder, root) {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const passed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const refused = lines.filter((line) => line !== '*' && !line.startsWith('!'));
  const filter = (path) => !refused.includes(relative(root, path).replaceAll(sep, '/'));
  for (const path of [...passed, 'Dockerfile']) {
    cpSync(join(root, path), join(folder, path), { recursive: true, filter });
  }
}
