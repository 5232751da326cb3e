// Writes the references of docs/ from what they describe: the schema of the desired state, and the command line itself.
// With --check nothing is written, and a page that is not fresh is exit 1.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { stringify } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => readFileSync(`${root}${path}`, 'utf8');

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text) => `\`${text}\``;
const row = (cells) => `| ${cells.map(cell).join(' | ')} |\n`;
const table = (heads, rows) => row(heads) + row(heads.map(() => '---')) + rows.map(row).join('');
const generated = (from) => `<!-- Made by "npm run docs" from ${from}; changes here are lost. -->\n`;

// ── The desired state ────────────────────────────────────────────────────────────────────────────────────────────────

/** What one of the named things is called, by what all of them are. */
const NAMES = { '`bots`': 'A bot', '`lists`': 'A list' };

/** A section for each mapping, in the order in which a reader meets them. */
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
    if (items) return 'list';
    if (properties || rest.additionalProperties) return 'mapping';
    const range = [minimum !== undefined && `from ${minimum}`, maximum !== undefined && `to ${maximum}`];
    const name =
      { string: 'text', integer: 'whole number', number: 'number', boolean: 'true or false' }[type] ?? 'text';
    return [name, ...range, pattern && `like ${code(pattern)}`].filter(Boolean).join(' ');
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
      text += `Each has a key of its own. ${description}\n\n${table(['key', 'example'], [[`like ${code(pattern)}`, flow(examples[0])]])}\n`;
    }
    for (const [name, raw] of Object.entries(properties)) {
      const value = resolve(raw);
      if (isMapping(value)) text += section(code(name), value, Math.max(2, level));
      if (value.items) text += list(name, value);
    }
    if (typeof additionalProperties === 'object') {
      const value = resolve(additionalProperties);
      if (value.properties) text += section(NAMES[title] ?? title, value, 2);
    }
    return text;
  }

  /** A list of names, or one whose items are text, or a mapping that says more. */
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

  return `# Desired state

${generated('schemas/blacklist.schema.json')}
${schema.description} Files are YAML. With the line for the YAML language
server, editors show the descriptions on this page while you type, and mark most errors.
\`blacklistctl validate\` reports all errors, without network access.

${/\n(```yaml\n[\s\S]*?```)\n/.exec(readmeSection('The first hour'))[1]}

${section('The file', schema, 2)}`.replace(/\n+$/, '\n');
}

// ── The command line ─────────────────────────────────────────────────────────────────────────────────────────────────

/** The program as its users meet it. Node 20 reads no TypeScript; the commands behind it are not needed and stay out. */
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
  const formats = /reporters[^{]*\{([^}]*)\}/.exec(read('src/report/index.ts'))[1].match(/\w+/g);
  const never = () => {};
  return module.exports.makeProgram('', formats, {}, { invoke: never, sandbox: never }, {});
}

function commandSections(command, path) {
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
      args.map((arg) => [code(arg.name()), sentence(arg.description)]),
    )}\n`;
  }
  if (options.length > 0) {
    text += `${table(
      ['option', 'meaning', 'default'],
      options.map((option) => [
        code(option.flags),
        [sentence(option.description), option.argChoices && `One of ${option.argChoices.map(code).join(', ')}.`]
          .filter(Boolean)
          .join(' '),
        shown(option),
      ]),
    )}\n`;
  }
  return text + command.commands.map((child) => commandSections(child, name)).join('');
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;

/** A section of the README, which is where people keep these tables. */
function readmeSection(title) {
  const [, body] = new RegExp(`\n## ${title}\n\n([\\s\\S]*?)(?=\n## )`).exec(read('README.md'));
  return `## ${title}\n\n${body.trim()}\n`;
}

async function commandsPage() {
  const program = await loadProgram();
  const sections = program.commands.map((command) => commandSections(command, ['blacklistctl'])).join('');
  return `# Commands

${generated('the command line (src/cli/program/index.ts) and the README')}
${program.description()} \`blacklistctl COMMAND --help\` says the same in the terminal. Durations are
\`500ms\`, \`30s\`, \`5m\` or \`1h\`; a bare number is seconds.

${sections}${readmeSection('Exit codes')}
${readmeSection('Environment')}`;
}

const pages = { 'docs/desired-state.md': desiredStatePage(), 'docs/commands.md': await commandsPage() };
const stale = Object.entries(pages).filter(([path, text]) => !existsSync(`${root}${path}`) || read(path) !== text);
for (const [path, text] of stale) {
  if (process.argv.includes('--check')) {
    console.error(`${path} is not fresh: run "npm run docs"`);
    process.exitCode = 1;
  } else {
    writeFileSync(`${root}${path}`, text);
    console.log(`${path} written`);
  }
}
