/** Maps the commands and options of other tools to those of this one. */

/** The command to suggest. */
export const COMMAND_HABITS: Readonly<Record<string, string>> = {
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
  search: 'explain',
  serve: 'sandbox',
  server: 'sandbox',
  setup: 'init',
  status: 'drift',
  sync: 'apply',
  test: 'validate',
  up: 'apply',
  verify: 'validate',
  why: 'explain',
};

const BLOCK = 'declare the number in a file, then run: blacklistctl apply';
const UNBLOCK = 'remove the number from its file, then run: blacklistctl apply';
const EMPTY = 'to unblock all numbers of a bot, set "numbers: []" in its file, then run: blacklistctl plan';
const UNDO = 'revert the change of the files, then run: blacklistctl plan';
const LOGIN = 'there is no login; set the environment variable that tokenEnv names in the files';

/** Remedies for commands without an equivalent. */
export const COMMAND_ANSWERS: Readonly<Record<string, string>> = {
  add: BLOCK,
  auth: LOGIN,
  block: BLOCK,
  delete: EMPTY,
  destroy: EMPTY,
  login: LOGIN,
  logout: LOGIN,
  remove: UNBLOCK,
  restore: UNDO,
  revert: UNDO,
  rollback: UNDO,
  unblock: UNBLOCK,
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
  token: 'a token is never an option; set the environment variable that tokenEnv names in the files',
  v: VERSION,
  version: VERSION,
};
