// Writes docs/desired-state.md from the schema, docs/commands.md from the command line, docs/action.md from action.yml, and
// .github/CODEOWNERS from the names of the project.
// With --check it writes nothing, and exits with 1 if a page is out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { parse, stringify } from 'yaml';
import { codeownersOf } from './release/codeowners.mjs';
import { NAMES as PROJECT } from './release/names.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => readFileSync(`${root}${path}`, 'utf8');

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text) => `\`${text}\``;
const row = (cells) => `| ${cells.map(cell).join(' | ')} |\n`;
const table = (heads, rows) => row(heads) + row(heads.map(() => '---')) + rows.map(row).join('');
const generated = (from) => `<!-- Made by "npm run docs" from ${from}; changes here are lost. -->\n`;

// ── The desired state ────────────────────────────────────────────────────────────────────────────────────────────────

const FIRST_FILE = `# blacklist.yaml
# yaml-language-server: $schema=schemas/blacklist.schema.json
version: 1
defaults:
  provider: whatsapp-cloud
  tokenEnv: WHATSAPP_CLOUD_TOKEN    # the NAME of the variable; a file never contains a token
bots:
  sales:                            # a name of your choice
    phoneNumberId: "106540352242922" # the ID of the business phone number
    numbers:
      - "+12015550123"
      - number: "+12015550145"
        reason: Threats, ticket 4711
        expires: 2099-12-31         # blocked up to and including that day, UTC
`;

/** The headings for one element of a mapping, by the heading of the mapping. */
const NAMES = { '`bots`': 'A bot', '`lists`': 'A list' };

/** Makes a section for each mapping, in the order of a file. */
function desiredStatePage() {
  const schema = JSON.parse(read('schemas/blacklist.schema.json'));
  const target = ($ref) =>
    $ref
      .split('/')
      .slice(1)
      .reduce((value, step) => value[step], schema);
  const resolve = ({ $ref, ...rest }) => ({ ...($ref ? target($ref) : {}), ...rest });
  const flow = (value) => code(stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim());

  function typeOf({ type, enum: choices, const: only, minimum, maximum, pattern, items, properties, ...rest }) {
    if (only !== undefined) return code(only);
    if (choices) return choices.map(code).join(' or ');
    if (rest.then) return `${typeOf(resolve(rest.else))} or ${typeOf(resolve(rest.then))}`;
    if (items) return 'list';
    if (properties || rest.additionalProperties) return 'mapping';
    const range = [minimum !== undefined && `from ${minimum}`, maximum !== undefined && `to ${maximum}`];
    const name =
      { string: 'text', integer: 'whole number', number: 'number', boolean: 'true or false' }[type] ?? 'text';
    return [name, ...range, pattern && `matching ${code(pattern)}`].filter(Boolean).join(' ');
  }

  const seen = new Set();
  const isMapping = ({ properties, additionalProperties }) => properties || typeof additionalProperties === 'object';
  function section(title, mapping, level) {
    const key = JSON.stringify(mapping);
    if (seen.has(key)) return '';
    seen.add(key);
    const { description, properties = {}, required = [], additionalProperties, propertyNames } = mapping;
    const rows = Object.entries(properties).map(([name, raw]) => {
      const value = resolve(raw);
      const fallback = value.default === undefined ? (required.includes(name) ? 'required' : '') : flow(value.default);
      return [
        code(name),
        typeOf(value),
        fallback,
        sentence(value.description),
        value.examples ? flow(value.examples[0]) : '',
      ];
    });
    let text = `${'#'.repeat(level)} ${title}\n\n${sentence(description)}\n\n`;
    if (rows.length > 0) text += `${table(['key', 'value', 'default', 'meaning', 'example'], rows)}\n`;
    if (propertyNames) {
      const { description, pattern, examples } = resolve(propertyNames);
      text += `**Keys.** ${description}\n\n${table(['key', 'example'], [[`text matching ${code(pattern)}`, flow(examples[0])]])}\n`;
    }
    for (const [name, raw] of Object.entries(properties)) {
      const value = resolve(raw);
      if (isMapping(value)) text += section(code(name), value, Math.max(2, level));
      if (value.items) text += list(name, value);
      if (value.then) {
        const short = resolve(value.else);
        if (short.items) text += list(name, short);
        text += section(`The long form of ${code(name)}`, resolve(value.then), 3);
      }
    }
    if (typeof additionalProperties === 'object') {
      const value = resolve(additionalProperties);
      if (value.properties) text += section(NAMES[title] ?? title, value, 2);
    }
    return text;
  }

  /** Makes the section of a list. Its items are text, and some lists allow a mapping (the long form) instead. */
  function list(name, { description, items }) {
    const key = `list ${name}`;
    if (seen.has(key)) return '';
    seen.add(key);
    const short = resolve(items.else ?? items);
    const head = `## ${code(name)}${name === 'lists' ? ' of a bot' : ''}\n\n${description}\n\n`;
    const forms = table(['item', 'meaning', 'example'], [[typeOf(short), short.description, flow(short.examples[0])]]);
    const long = items.then ? section(`The long form of an item of ${code(name)}`, resolve(items.then), 3) : '';
    return `${head}${forms}\n${long}`;
  }

  return `# Desired state reference

${generated('schemas/blacklist.schema.json')}
${schema.description} The file
is YAML. If it has the comment \`yaml-language-server\` of this example, editors show this reference
while you type, and mark errors. \`blacklistctl validate\` reports all errors, offline.

\`\`\`yaml
${FIRST_FILE}\`\`\`

Without a path, commands read \`blacklist.yaml\`. A path is a file or a folder. In a folder and its
subfolders, commands read all \`*.yaml\` and \`*.yml\` files, including encrypted ones
(\`*.yaml.age\`), except hidden files, hidden folders and \`node_modules\`. Together, all files of a run
are one desired state. Each bot is declared in exactly one of them.

A symbolic link is read only if its target is in the passed folder, or in the folder of the passed
file, and not in \`.git\`. So no pull request can make a workflow read a file elsewhere. The passed
folder itself may be a symbolic link. The links that Kubernetes makes in the volume of a ConfigMap
are read as well. \`add\`, \`remove\`, \`fmt\` and \`import\` refuse to write a file whose path is a
symbolic link: pass the path of its target, or name the target of a number file in the YAML file.

\`import\` adds live numbers to a file if no file declares them, and changes nothing else in it. It
reports declared numbers that are not live, and does not remove them. \`import support.yaml lists/\`
reads both paths, and writes only \`support.yaml\`.

A bot with \`numbers: []\` blocks no number.

${section('The file', schema, 2)}`.replace(/\n+$/, '\n');
}

// ── The command line ─────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Bundles and loads the definition of the command line, because Node 20 cannot read TypeScript. Omits the
 * commands.
 */
async function loadProgram() {
  const { outputFiles } = await build({
    entryPoints: [`${root}src/cli/program/index.ts`],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    packages: 'external',
    external: ['../../commands/*'],
    logLevel: 'error',
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(
    module,
    module.exports,
    createRequire(import.meta.url),
  );
  const never = () => {};
  const { makeProgram, EXAMPLES } = module.exports;
  return { program: makeProgram({}, { invoke: never, sandbox: never }, {}), examples: EXAMPLES };
}

function commandSections(command, path, examples) {
  const name = [...path, command.name()];
  const args = command.registeredArguments.filter(({ description }) => description);
  const options = command.options.filter(({ hidden }) => !hidden);
  const shown = ({ defaultValue, defaultValueDescription, negate }) => {
    if (defaultValueDescription !== undefined) return defaultValueDescription;
    const nothing = negate || defaultValue === undefined || defaultValue === false || Array.isArray(defaultValue);
    return nothing ? '' : code(defaultValue);
  };
  let text = `## ${name.join(' ')}\n\n${sentence(command.description())}\n\n\`\`\`\n${[...name, command.usage()].join(' ')}\n\`\`\`\n\n`;
  if (args.length > 0) {
    text += `${table(
      ['argument', 'meaning'],
      args.map((arg) => [code(arg.name()), withChoices(arg)]),
    )}\n`;
  }
  const lines = (examples[command.name()] ?? []).map(([comment, line]) => `# ${comment}\n${line}\n`);
  if (lines.length > 0) text += `\`\`\`sh\n${lines.join('\n')}\`\`\`\n\n`;
  for (const group of new Set(options.map(groupOf))) {
    const some = options.filter((option) => groupOf(option) === group);
    text += `${table(
      [group, 'meaning', 'default'],
      some.map((option) => [code(option.flags), withChoices(option), shown(option)]),
    )}\n`;
  }
  return text + command.commands.map((child) => commandSections(child, name, examples)).join('');
}

const withChoices = ({ description, argChoices }) =>
  [sentence(description), argChoices && `One of ${argChoices.map(code).join(', ')}.`].filter(Boolean).join(' ');

const groupOf = ({ helpGroupHeading: heading = 'Options:' }) => heading.slice(0, -1);

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;

async function commandsPage() {
  const { program, examples } = await loadProgram();
  const sections = program.commands.map((command) => commandSections(command, ['blacklistctl'], examples)).join('');
  return `# Commands

${generated('the command line (src/cli/program/index.ts)')}
${program.description()}
\`blacklistctl COMMAND --help\` prints the same reference in the terminal. Write a duration as
\`500ms\`, \`30s\`, \`5m\` or \`1h\`; a number without a unit is in seconds.
Exit codes and environment variables are in [reference.md](reference.md).

${sections}`.replace(/\n+$/, '\n');
}

// ── The action ───────────────────────────────────────────────────────────────────────────────────────────────────────

function actionPage() {
  const { description, inputs, outputs, runs } = parse(read('action.yml'));
  const rows = Object.entries(inputs).map(([name, { description, required, default: fallback }]) => {
    const shown = fallback === undefined ? '' : code(fallback.replace(/^\$\{\{ (.*) \}\}$/, '$1'));
    return [code(name), `${description}.`, required ? 'required' : shown];
  });
  const results = Object.entries(outputs).map(([name, { description }]) => [code(name), `${description}.`]);
  return `# Inputs and outputs of the action

${generated('action.yml')}
${sentence(description)}
It runs on Node.js ${runs.using.replace('node', '')}. [github.md](github.md) describes how to set it up.

\`\`\`yaml
- uses: OWNER/blacklistctl@COMMIT # of your copy
  with:
    command: plan
    base: HEAD^1
  env:
    WHATSAPP_CLOUD_TOKEN: \${{ secrets.WHATSAPP_CLOUD_TOKEN }}
\`\`\`

## Inputs

${table(['input', 'meaning', 'default'], rows)}
## Outputs

${table(['output', 'meaning'], results)}`.replace(/\n+$/, '\n');
}

const pages = {
  'docs/desired-state.md': desiredStatePage(),
  'docs/commands.md': await commandsPage(),
  'docs/action.md': actionPage(),
  '.github/CODEOWNERS': codeownersOf(PROJECT),
};
const stale = Object.entries(pages).filter(([path, text]) => !existsSync(`${root}${path}`) || read(path) !== text);
for (const [path, text] of stale) {
  if (process.argv.includes('--check')) {
    console.error(`${path} is out of date: run "npm run docs"`);
    process.exitCode = 1;
  } else {
    writeFileSync(`${root}${path}`, text);
    console.log(`${path} written`);
  }
}
