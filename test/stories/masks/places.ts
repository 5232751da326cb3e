/** The places in which foreign text reaches the program, each with the commands that read it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LINES, planted, spotsIn, withLine } from './planting.ts';
import { ARGUMENTS, ERRORS, HEADERS, LEDGERS, STATUSES, unnamed, VARIABLES } from './tables.ts';
import { commitAll, failingProgram, PHONE, type World } from './world.ts';

/** What a case plants. */
export interface Plant {
  readonly text: string;
  /** The same number, as its digits alone. */
  readonly number: string;
  /** Selects one of many spots. */
  readonly at: number;
}

/** A command line, or a change of the folder between two of them. */
export type Step = readonly string[] | (() => void);

export interface Place {
  /** Plants the text. */
  plant(world: World, plant: Plant): void;
  /** The commands of which one runs. */
  readonly commands: readonly ((number: string, world: World, plant: Plant) => readonly Step[])[];
}

const one =
  (...args: string[]) =>
  () => [args];

const LOCAL: Place['commands'] = [
  one('validate', '--expiring', '3650d'),
  one('list'),
  (number) => [['explain', `+${number}`]],
  one('fmt', '--check', '--prune-expired'),
  one('fmt'),
  (number) => [['add', '--bot', 'shop', '--reason', 'Spam', `+${number}`]],
  (number) => [['add', '--list', 'fraud', '--expires', '2w', `+${number}`, '+12015550199']],
  (number) => [['remove', '--bot', 'support', `+${number}`]],
];

const RECORDED = ['--report', 'run.json', '--metrics', 'run.prom'];

const ONLINE: Place['commands'] = [
  one('plan', ...RECORDED),
  one('plan', '--contacts', 'shop=contacts.txt'),
  one('apply', '--yes', ...RECORDED),
  one('apply', '--yes', '--wait', '1s', '--adds-only'),
  one('drift', '--settle', '0', ...RECORDED),
  () => [
    ['drift', '--report', 'state.json'],
    ['drift', '--since', 'state.json'],
  ],
  one('list', '--live'),
  (number) => [['explain', '--live', `+${number}`]],
  one('import', 'new.yaml', '--bot', 'support', '--region', 'eu1', '--token-env', 'SINCH_WHATSAPP_TOKEN'),
  one('import', 'blacklist.yaml'),
];

const PAST: Place['commands'] = [
  (number, world) => [() => commitAll(world), ['explain', '--history', `+${number}`]],
  (_, world) => [() => commitAll(world), ['list', '--at', world.commit.branch]],
  (_, world) => [() => commitAll(world), ['plan', '--base', world.commit.branch]],
];

const isName = (path: readonly (string | number)[]) =>
  ['bots', 'lists', 'tokenEnv', 'path', 'files', 'phoneNumberId', 'prefix'].includes(`${path.at(-2)}`) ||
  ['tokenEnv', 'path', 'column', 'phoneNumberId', 'prefix', 'region', 'provider', 'apiVersion'].includes(
    `${path.at(-1)}`,
  );

/** Spellings that a name of a file may have and that are found in it. */
const fileName = (number: string, at: number) =>
  [number, `+${number}`, `00${number}`, `${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)}`][at % 4]!;

/** Plants a text into an answer: at any spot, or in the place of a whole value. */
function inBody(body: string, { text, at }: Plant): string {
  const value: unknown = body === '' ? { success: true } : JSON.parse(body);
  const spots = spotsIn(value);
  return JSON.stringify(planted(value, spots[at % spots.length]!, text));
}

const isWrite = (method: string) => method !== 'GET';

/** The fields of reports and plans that hold names, and our own words. */
const NAMES = /^(?:id|bot|tokenEnv|list|file|paths|name|as)$/;
const OWN = /^(?:message|why|baseUrl|next|version|command|origin)$/;

/** Plants a text into a file that a command has written. */
const inArtifact =
  (name: string) =>
  ({ cwd }: World, { text, number, at }: Plant) =>
  () => {
    const path = join(cwd, name);
    if (!existsSync(path)) return;
    const json = readFileSync(path, 'utf8');
    const value: unknown = JSON.parse(json);
    const spots = spotsIn(value).filter(({ path: keys }) => !NAMES.test(`${keys.at(-1)}`));
    const spot = spots[at % spots.length]!;
    // Our own words contain a number only as people write it.
    const put = spot.path.some((key) => OWN.test(`${key}`)) ? fileName(number, at) : text;
    const changed = JSON.stringify(planted(value, spot, put), null, 2);
    writeFileSync(path, at % 7 === 0 ? json.slice(0, at % json.length) + text : `${changed}\n`);
  };

const encrypted = (world: World) => {
  world.edit = (text) => `${text}sops: { mac: x }\n`;
};

export const PLACES: Readonly<Record<string, Place>> = {
  'no place': { plant() {}, commands: [...LOCAL, ...ONLINE, ...PAST] },
  'the desired state': {
    plant(world, { text, at }) {
      const spots = spotsIn(world.document);
      const spot = spots[at % spots.length]!;
      world.document = planted(world.document, spot, isName(spot.path) ? unnamed(text) : text) as object;
    },
    commands: [...LOCAL, ...ONLINE, ...PAST],
  },
  'a line of desired state': {
    plant(world, { text, at }) {
      const line = LINES[at % LINES.length]!(text.replace(/\s+/g, ' '));
      world.edit = (yaml) => withLine(yaml, Math.floor(at / LINES.length), line);
    },
    commands: [...LOCAL, ...ONLINE, ...PAST],
  },
  'a line of a number file': {
    plant({ files }, { text, at }) {
      const name = at % 2 === 0 ? 'fraud.csv' : 'numbers/spam.txt';
      files[name] = withLine(files[name]!, at >> 6, LINES[(at >> 1) % LINES.length]!(text));
    },
    commands: [...LOCAL, ...ONLINE, ...PAST],
  },
  'a line of contacts': {
    plant({ files }, { text, at }) {
      files['contacts.txt'] = withLine(files['contacts.txt']!, at >> 6, LINES[at % LINES.length]!(text));
    },
    commands: [one('plan', '--contacts', 'shop=contacts.txt')],
  },
  'the name of a file': {
    plant({ files }, { number, at }) {
      files[`numbers/${fileName(number, at)}.txt`] = at % 3 === 0 ? 'x\n' : '+12015550157\n';
    },
    commands: [...LOCAL, ...ONLINE, ...PAST],
  },
  'an answer': {
    plant(world, plant) {
      world.answer = ({ method }, { status, body }) =>
        plant.at % 3 === 0 && !isWrite(method) ? { status, body } : { status, body: inBody(body, plant) };
    },
    commands: ONLINE,
  },
  'an error': {
    plant(world, { text, at }) {
      const error = ERRORS[at % ERRORS.length]!(text);
      const status = STATUSES[(at >> 4) % STATUSES.length]!;
      const body = typeof error === 'string' ? error : JSON.stringify(error);
      world.answer = ({ method }, good) =>
        (at >> 8) % 2 === 0 && !isWrite(method) ? good : { status, body, reason: text };
    },
    commands: ONLINE,
  },
  'the results of a write': {
    plant(world, { text, number, at }) {
      const block_users = LEDGERS[at % LEDGERS.length]!(text, number);
      world.answer = ({ method, path }, good) =>
        isWrite(method) && path.includes(PHONE) ? { status: 200, body: JSON.stringify({ block_users }) } : good;
    },
    commands: ONLINE.slice(2, 4),
  },
  'a page': {
    plant(world, { text, at }) {
      const entry = [
        { wa_id: text },
        { wa_id: '12015550162', user_id: text },
        { input: text, wa_id: '12015550162' },
        { user_id: text },
      ][at % 4];
      const body = JSON.stringify({ numbers: [text], data: [entry], paging: { cursors: { after: text } } });
      world.answer = ({ method }, good) => (isWrite(method) ? good : { status: 200, body });
    },
    commands: ONLINE,
  },
  'a header': {
    plant(world, { text, at }) {
      const headers = HEADERS[at % HEADERS.length]!(text);
      const status = [200, 302, 429, 500][(at >> 4) % 4]!;
      world.answer = (_, { body }) => ({ status, body, headers, reason: text });
    },
    commands: ONLINE,
  },
  'an argument': {
    plant() {},
    commands: [(_, __, { text, at }) => [ARGUMENTS[at % ARGUMENTS.length]!(unnamed(text))]],
  },
  'a path': {
    plant() {},
    commands: [
      (number, _, { at }) => [['validate', `${fileName(number, at)}.yaml`]],
      (number, _, { at }) => [['show', `${fileName(number, at)}.json`]],
      (number, _, { at }) => [['plan', '--out', `none/${fileName(number, at)}.json`]],
      (number, _, { at }) => [['apply', '--plan', `${fileName(number, at)}.json`]],
      (number, _, { at }) => [['drift', '--since', `${fileName(number, at)}.json`]],
    ],
  },
  'a variable': {
    plant({ env }, { text, at }) {
      Object.assign(env, VARIABLES[at % VARIABLES.length]!(text.replaceAll('\0', '')));
    },
    commands: [...LOCAL.slice(0, 3), ...ONLINE],
  },
  'a saved plan': {
    plant() {},
    commands: [
      (_, world, plant) => [['plan', '--out', 'p.json'], inArtifact('p.json')(world, plant), ['show', 'p.json']],
      (_, world, plant) => [
        ['plan', '--out', 'p.json'],
        inArtifact('p.json')(world, plant),
        ['apply', '--plan', 'p.json'],
      ],
      one('plan', '--out', 'p.json'),
    ],
  },
  'a report': {
    plant() {},
    commands: [...ONLINE.slice(0, 7), ...LOCAL.slice(0, 3)].flatMap((command) => [
      (number, world, plant) => [
        () => writeFileSync(join(world.cwd, 'r.json'), ''),
        ...command(number, world, plant),
        inArtifact('run.json')(world, plant),
        ['show', 'run.json'],
      ],
    ]) satisfies Place['commands'],
  },
  'an earlier report': {
    plant() {},
    commands: [
      (_, world, plant) => [
        ['drift', '--settle', '0', '--report', 's.json'],
        inArtifact('s.json')(world, plant),
        ['drift', '--settle', '0', '--since', 's.json'],
      ],
      (_, world, plant) => [
        ['list', '--live', '--bot', 'shop', '--format', 'json', '--numbers', 'masked'],
        ['drift', '--bot', 'shop', '--report', 's.json'],
        inArtifact('s.json')(world, plant),
        ['import', '--bot', 'shop', '--from', 's.json'],
      ],
    ],
  },
  'a commit': {
    plant({ commit }, { text, at }) {
      const line = text.replace(/[\s\0]+/g, ' ').trim() || 'x';
      if (at % 2 === 0) commit.subject = line;
      else commit.author = `x${line.replace(/[<>]/g, '')}`;
      if (at % 5 === 0) commit.subject = `Merge pull request (#${line})`;
      if (at % 5 === 1) commit.subject = `Block\n\nPull-request: ${line}`;
    },
    commands: PAST,
  },
  'the words of sops': {
    plant(world, { text }) {
      encrypted(world);
      world.env.PATH = `${failingProgram(`${world.cwd}-sops`, 'sops', text)}:${process.env.PATH}`;
    },
    commands: [...LOCAL.slice(0, 4), ...ONLINE.slice(0, 3)],
  },
  'the words of git': {
    plant(world, { text, at }) {
      const words = at % 3 === 0 ? text : `fatal: ${text}`;
      world.env.PATH = `${failingProgram(`${world.cwd}-git`, 'git', words)}:${process.env.PATH}`;
    },
    commands: [one('list', '--at', 'main'), one('plan', '--base', 'main'), one('explain', '--history', '+12015550145')],
  },
};
