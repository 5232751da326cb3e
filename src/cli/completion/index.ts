/**
 * Completes a command line when the user presses Tab. It is loaded only then, so that other commands start
 * faster.
 */

import { ShellCompDirective, script } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';

type Program = Parameters<typeof tab>[0];

/**
 * Replaces the library's script for bash, which runs the line that is being typed: Tab after `plan > out.json` would
 * write out.json. That script also offers no files, and needs a package that may be missing.
 */
const BASH = `# bash completion for blacklistctl
_blacklistctl() {
  local word args=()
  # Bash splits --bot=x at the equals sign; as two words it means the same.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    [[ $word == = ]] || args+=("$word")
  done
  [[ \${COMP_WORDS[COMP_CWORD]} != = ]] || args+=("")
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    [[ $word == :* ]] && continue
    printf -v word %q "$word"
    COMPREPLY+=("$word")
  done < <(blacklistctl complete -- "\${args[@]}" 2> /dev/null)
}
complete -o default -F _blacklistctl blacklistctl
`;

export function printScript(shell: string, write: (text: string) => void): void {
  if (shell === 'bash') write(BASH);
  else script(shell, 'blacklistctl', 'blacklistctl'); // prints it
}

/**
 * Prints the candidates for the last word, one on each line, then a line for the scripts above. Ignores
 * errors in files.
 */
export async function complete(program: Program, words: readonly string[], today: string): Promise<void> {
  try {
    const root = tab(program);
    root.commands.delete('complete'); // a command of the library, for its scripts
    const isNext = (flag: string) => words.at(-2) === flag || words.at(-1)?.startsWith(`${flag}=`);
    const bots = isNext('--bot') ? await namesOf('bots', today) : [];
    const lists = isNext('--list') ? await namesOf('lists', today) : [];
    for (const { value, options } of root.commands.values()) {
      const list = options.get('list');
      if (list) list.handler = (offer) => lists.forEach((name) => void offer(name, ''));
      const option = options.get('bot');
      if (!option || ['init', 'sandbox'].includes(value)) continue; // these take new bots
      option.handler = (offer) => {
        for (const id of bots) offer(id, '');
      };
    }
    // Without candidates, the shell offers files. The library ends each case with the opposite, so `set` ignores it.
    const directive = { get: () => ShellCompDirective.ShellCompDirectiveDefault, set() {} };
    Object.defineProperty(root, 'directive', directive);
    root.parse([...words]);
  } catch {
    // offer nothing
  }
}

async function namesOf(kind: 'bots' | 'lists', today: string): Promise<string[]> {
  const { knownNames } = await import('../program/commands.ts');
  return knownNames(kind, today);
}
