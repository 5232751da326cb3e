/** Reads names from the files for completion. It is loaded only for a name. */
import { declare } from '../../desired/declare.ts';
import { botIdError } from '../../desired/schema/settings.ts';
import { disk } from '../../desired/source/tree.ts';
import { readFiles } from '../../desired/source/yaml-files.ts';

/**
 * Lists the valid names of the bots or lists that `blacklist.yaml` declares. A shell inserts a candidate as a part of the command
 * line, and a pull request could declare an id such as `$(command)`.
 */
export async function knownNames(kind: 'bots' | 'lists', today: string): Promise<string[]> {
  const unread = () => Promise.reject(new Error('not read for completion'));
  const { files } = await readFiles(['blacklist.yaml'], { tree: disk, decrypt: unread, stdin: unread });
  const names = files.flatMap((file) => {
    const { bots, lists } = declare(file, today);
    return kind === 'bots' ? bots.map(({ id }) => id) : lists.map(({ name }) => name);
  });
  return names.filter((name) => botIdError(name) === null).sort();
}
