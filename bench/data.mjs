// Makes the numbers of all measurements: the same in every run and in every process.
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

export const BOT = 'bench';
export const TOKEN_ENV = 'BENCH_TOKEN';
export const TOKEN = 'bench-token-of-no-worth';

/** Swedish mobile numbers: 50 million that libphonenumber considers valid. */
const PREFIXES = [46700000000, 46720000000, 46730000000, 46760000000, 46790000000];
const EACH = 10_000_000;

/**
 * Returns `count` numbers of a shuffled sequence without repeats, as strings with a plus. A linear
 * congruential generator of full period 2^26 makes it, and skips values after the last number.
 */
export function numbers(start, count) {
  const all = [];
  let x = 20_231;
  for (let at = 0; at < start + count; ) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) & 0x3ffffff;
    if (x >= PREFIXES.length * EACH) continue;
    if (at++ >= start) all.push(`+${PREFIXES[Math.floor(x / EACH)] + (x % EACH)}`);
  }
  return all;
}

/** Returns how many numbers of each list the other lacks: 1 %, so that there is a difference. */
export const differing = (count) => Math.floor(count / 100);

/** The live list of a bot. */
export const live = (count) => numbers(0, count);

/** The desired list: as long as the live one, with 1 % of the numbers exchanged. */
export const desired = (count) => numbers(differing(count), count);

/** The id of one of many bots. */
export const idOf = (bot) => `bot-${String(bot).padStart(5, '0')}`;

const SINCH = { defaults: { region: 'eu1' }, own: {} };
/** The settings of a bot of the Cloud API: those that all bots share, and its own. */
export const CLOUD = { defaults: { provider: 'whatsapp-cloud', apiVersion: 'v25.0' }, own: { phoneNumberId: '1065' } };

/** @param bots [id, numbers] pairs. @param settings those of the API. */
export async function writeYaml(file, bots, settings = SINCH) {
  await writeLines(file, yamlLines(bots, settings));
}

/** The guard allows everything, because the benchmark removes half of a list. */
function* yamlLines(bots, settings) {
  const defaults = { ...settings.defaults, tokenEnv: TOKEN_ENV, guard: { percent: 100 } };
  yield* ['version: 1', `defaults: ${JSON.stringify(defaults)}`, 'bots:'];
  for (const [id, list] of bots) {
    const own = Object.entries(settings.own).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}`);
    yield* [`  ${id}:`, ...own, '    numbers:'];
    for (const number of list) yield `      - "${number}"`;
  }
}

/** One bot whose numbers are in other files. */
export const numberFilesYaml = (files) =>
  `version: 1\ndefaults: { region: eu1, tokenEnv: ${TOKEN_ENV} }\nbots:\n  ${BOT}: { files: ${JSON.stringify(files)} }\n`;

/** Writes plain text: one number on each line, as the API writes it. */
export const writeText = (file, list) => writeLines(file, list);

/** Writes an export as other systems do: numbers in the third of four columns, next to text in quotes. */
export async function writeCsv(file, list) {
  await writeLines(file, ['id,name,phone,note', ...list.map((number, id) => `${id},"Name ${id}",${number},no note`)]);
}

async function writeLines(file, lines) {
  const stream = createWriteStream(file);
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < 1 << 20) continue;
    stream.write(chunk);
    chunk = '';
  }
  stream.end(chunk);
  await finished(stream);
}
