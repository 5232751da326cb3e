/** What a shell offers when Tab is pressed. Loaded only then: other starts do not wait for it. */

import { ShellCompDirective, script } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';

type Program = Parameters<typeof tab>[0];

/**
 * For bash, not the library's: that one runs the line that is being typed, so that Tab behind `plan > out.json` would
 * already have written out.json; it offers no files, needs a package that not everybody has, and may be read only once.
 */
const BASH = `# bash completion for blacklistctl
_blacklistctl() {
  local word args=()
  # Bash takes --bot=x apart at the equals sign: as two words it means the same.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    [[ $word == = ]] || args+=("$word")
  done
  [[ \${COMP_WORDS[COMP_CWORD]} != = ]] || args+=("")
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    [[ $word == :* ]] || COMPREPLY+=("$word")
  done < <(blacklistctl complete -- "\${args[@]}" 2> /dev/null)
}
complete -o default -F _blacklistctl blacklistctl
`;

export function printScript(shell: string, write: (text: string) => void): void {
  if (shell === 'bash') write(BASH);
  else script(shell, 'blacklistctl', 'blacklistctl'); // prints it
}

/**
 * Prints what the last of the words may become: one candidate a line, then a line for the scripts above. Whatever is wrong
 * with the files here, nobody who presses Tab wants to read of it.
 */
export async function complete(program: Program, words: readonly string[], today: string): Promise<void> {
  try {
    const root = tab(program);
    root.commands.delete('complete'); // the library's own, for the scripts
    const bots = isBotNext(words) ? await knownBots(today) : [];
    for (const { value, options } of root.commands.values()) {
      const option = options.get('bot');
      if (!option || NEW_BOTS.includes(value)) continue;
      option.handler = (offer) => {
        for (const id of bots) offer(id, '');
      };
    }
    // Where nothing is offered a file may fit. The library says the opposite at each end, so what it says is not taken.
    const directive = { get: () => ShellCompDirective.ShellCompDirectiveDefault, set() {} };
    Object.defineProperty(root, 'directive', directive);
    root.parse([...words]);
  } catch {
    // nothing is offered
  }
}

/** Commands whose --bot names no bot of a file. */
const NEW_BOTS: readonly string[] = ['init', 'sandbox'];

function isBotNext(words: readonly string[]): boolean {
  return words.at(-2) === '--bot' || Boolean(words.at(-1)?.startsWith('--bot='));
}

async function knownBots(today: string): Promise<string[]> {
  const { readFiles } = await import('../desired/source/yaml-files.ts');
  const { disk } = await import('../desired/source/tree.ts');
  const { declare } = await import('../desired/declare.ts');
  const unread = () => Promise.reject(new Error('is not read for Tab'));
  const { files } = await readFiles(['blacklist.yaml'], { tree: disk, decrypt: unread, stdin: unread });
  return files.flatMap((file) => declare(file, today).bots.map(({ id }) => id)).sort();
}
