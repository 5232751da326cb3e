/** Maps the commands and options of other tools to those of this one. */

/** The command to suggest. */
export const COMMAND_HABITS: Readonly<Record<string, string>> = {
  append: 'add',
  block: 'add',
  check: 'validate',
  deploy: 'apply',
  describe: 'explain',
  diff: 'plan',
  export: 'import',
  find: 'explain',
  format: 'fmt',
  get: 'list',
  lint: 'validate',
  ls: 'list',
  new: 'init',
  preview: 'plan',
  pull: 'import',
  push: 'apply',
  refresh: 'drift',
  rm: 'remove',
  search: 'explain',
  serve: 'sandbox',
  server: 'sandbox',
  setup: 'init',
  status: 'drift',
  sync: 'apply',
  test: 'validate',
  unblock: 'remove',
  up: 'apply',
  verify: 'validate',
  why: 'explain',
};

const EMPTY = 'to unblock all numbers of a bot, set "numbers: []" in its file, then run: blacklistctl plan';
const UNDO = 'revert the change of the files, then run: blacklistctl plan';
const LOGIN = 'set the environment variable that tokenEnv names in the files, because there is no login';

/** Remedies for commands without an equivalent. */
export const COMMAND_ANSWERS: Readonly<Record<string, string>> = {
  auth: LOGIN,
  delete: EMPTY,
  destroy: EMPTY,
  login: LOGIN,
  logout: LOGIN,
  restore: UNDO,
  revert: UNDO,
  rollback: UNDO,
  undo: UNDO,
};

/** Options to suggest, without their dashes: the first one that the command has. */
export const OPTION_HABITS: Readonly<Record<string, readonly string[]>> = {
  'auto-approve': ['--yes'],
  debug: ['--verbose'],
  json: ['--format json'],
  mask: ['--numbers masked'],
  'no-delete': ['--adds-only'],
  'no-remove': ['--adds-only'],
  o: ['--out', '--format'],
  only: ['--bot'],
  output: ['--format'],
  parallelism: ['--parallel'],
  q: ['--quiet'],
  silent: ['--quiet'],
  target: ['--bot'],
  url: ['--base-url'],
  v: ['--verbose'],
  y: ['--yes'],
};

const FILES = 'pass files as arguments, such as: blacklistctl plan FILE';
const DRY_RUN = 'to see changes without writing them, run: blacklistctl plan';
const VERSION = 'to print the version, run: blacklistctl version';

/** Remedies for options, if the command has no option to suggest. */
export const OPTION_ANSWERS: Readonly<Record<string, string>> = {
  'dry-run': DRY_RUN,
  f: FILES,
  file: FILES,
  filename: FILES,
  n: DRY_RUN,
  token: 'set the environment variable that tokenEnv names in the files, because a token is never an option',
  v: VERSION,
  version: VERSION,
};
