/** A comment, and the command that it describes. */
type Example = readonly [string, string];

/** Examples for the help of each command, by its name. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  blacklistctl: [
    ['Create the first files', 'blacklistctl init'],
    ['Show what would change, then change it', 'blacklistctl plan && blacklistctl apply'],
  ],
  validate: [
    ['Check blacklist.yaml', 'blacklistctl validate'],
    [
      'Check all files of a folder, and warn of entries that expire soon',
      'blacklistctl validate lists/ --expiring 14d',
    ],
    ['Fail if a number appears twice', 'blacklistctl validate --error-on W-DUPLICATE'],
  ],
  plan: [
    ['Show what would change', 'blacklistctl plan'],
    ['Save the plan for review; apply --plan plan.json applies exactly this plan', 'blacklistctl plan --out plan.json'],
    ['Separate the changes of this branch from drift', 'blacklistctl plan --base origin/main'],
  ],
  apply: [
    ['Show the plan, ask for confirmation, and apply it', 'blacklistctl apply'],
    ['Apply the plan that was reviewed, by its fingerprint', 'blacklistctl apply --approve 7d1f0c22'],
    ['Apply a saved plan without confirmation', 'blacklistctl apply --plan plan.json'],
  ],
  drift: [
    ['Compare the live lists with the files', 'blacklistctl drift'],
    ['Mark differences that are new since the last run', 'blacklistctl drift --since drift.json --report drift.json'],
    ['Write metrics for Prometheus', 'blacklistctl drift --metrics /var/lib/node_exporter/blacklistctl-drift.prom'],
  ],
  list: [
    ['List the numbers of the live lists', 'blacklistctl list --live'],
    ['List the numbers that were in force at a commit', 'blacklistctl list --at v1.4.0'],
    [
      'Save the numbers of one bot as JSON',
      'blacklistctl list --bot support-bot --format json --numbers full > list.json',
    ],
  ],
  explain: [
    ['Find where a number is declared', 'blacklistctl explain +12015550123'],
    ['Also look for the number in the live lists', 'blacklistctl explain +12015550123 --live'],
    ['Find out who blocked or unblocked the number, when and why', 'blacklistctl explain +12015550123 --history'],
  ],
  import: [
    ['Copy the live lists of all bots in blacklist.yaml into this file', 'blacklistctl import'],
    [
      'Add a new bot to a file',
      'blacklistctl import sales.yaml --provider whatsapp-cloud --bot sales-bot --phone-number-id 106540352242922 --token-env SALES_TOKEN',
    ],
    [
      'Copy the live numbers of one bot into the entry of another bot in the file',
      'blacklistctl import --bot new-bot --from support-bot',
    ],
  ],
  add: [
    [
      'Block a number for 30 days',
      'blacklistctl add +12015550123 --bot support-bot --reason "Threats, ticket 4711" --expires 30d',
    ],
    ['Show what would change in a shared list', 'blacklistctl add +12015550123 --list fraud --path lists/ --dry-run'],
    ['Add the numbers in a file, one per line', 'blacklistctl add - --list fraud < numbers.txt'],
  ],
  remove: [
    ['Remove a number from a bot', 'blacklistctl remove +12015550123 --bot support-bot'],
    ['Remove a number from all places, after confirmation', 'blacklistctl remove +12015550123'],
  ],
  fmt: [
    ['Format blacklist.yaml', 'blacklistctl fmt'],
    ['Show what would change in a folder, and exit with 2 if anything would', 'blacklistctl fmt lists/ --check'],
    ['Remove expired entries', 'blacklistctl fmt --prune-expired'],
  ],
  show: [
    ['Show a saved plan', 'blacklistctl show plan.json'],
    [
      'Join the reports of three shards into one page',
      'blacklistctl show 1.json 2.json 3.json --format html > report.html',
    ],
  ],
  sandbox: [
    ['Serve the APIs on port 8480, with a few numbers on each list', 'blacklistctl sandbox --seed'],
    ['Keep the lists in a file, and print each request', 'blacklistctl sandbox --state lists.json --log'],
    ['Plan against the sandbox, in another terminal', 'blacklistctl plan --base-url http://127.0.0.1:8480'],
  ],
  block: [
    ['Block a number, as a colleague would', 'blacklistctl sandbox block 106540352242922 +12015550199'],
    ['Show the drift', 'blacklistctl drift --base-url http://127.0.0.1:8480 --settle 0s'],
  ],
  unblock: [
    ['Unblock a number, as a colleague would', 'blacklistctl sandbox unblock 106540352242922 +12015550123'],
    [
      'Show the drift, if the file is the report of an earlier drift',
      'blacklistctl drift --base-url http://127.0.0.1:8480 --since state.json',
    ],
  ],
  message: [
    ['Record a message from a user', 'blacklistctl sandbox message 106540352242922 +12015550199'],
    ['Block this user', 'blacklistctl apply --base-url http://127.0.0.1:8480'],
  ],
  username: [
    ['Save the state of the live lists', 'blacklistctl drift --base-url http://127.0.0.1:8480 --report state.json'],
    ['Give a blocked user a username', 'blacklistctl sandbox username 106540352242922 +12015550199'],
    [
      'Show that drift knows this user by the saved state',
      'blacklistctl drift --base-url http://127.0.0.1:8480 --since state.json',
    ],
  ],
  init: [
    ['Create the first files, and answer questions', 'blacklistctl init'],
    [
      'Create the first files without questions',
      'blacklistctl init --provider whatsapp-cloud --bot support-bot --phone-number-id 106540352242922 --token-env SUPPORT_TOKEN --workflows github',
    ],
  ],
  completion: [
    ['Complete commands in the current bash session', 'source <(blacklistctl completion bash)'],
    [
      'Complete commands in every fish session',
      'blacklistctl completion fish > ~/.config/fish/completions/blacklistctl.fish',
    ],
  ],
  version: [
    ['Print the version', 'blacklistctl version'],
    ['Use the option instead of the command', 'blacklistctl --version'],
  ],
};

/** The examples of a command as shell lines, for its help. */
export const examplesText = (name: string) =>
  EXAMPLES[name]!.map(([comment, line]) => `  # ${comment}\n  ${line}\n`).join('\n');

export const COMPLETION_HELP = `
Where each shell looks for the script:
  bash  blacklistctl completion bash > ~/.local/share/bash-completion/completions/blacklistctl
        or, without the package bash-completion, in ~/.bashrc: source <(blacklistctl completion bash)
  zsh   in ~/.zshrc, after compinit: source <(blacklistctl completion zsh)
  fish  blacklistctl completion fish > ~/.config/fish/completions/blacklistctl.fish`;
