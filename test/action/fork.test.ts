/** Pull requests that get no secrets: files are checked if possible, and nothing else is a failure. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Issue } from './repository.ts';
import type { Step } from './runner.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;
let pull: Issue;
let event: Step['event'];
beforeEach(async () => {
  scene = await openScene();
  pull = scene.github.pull();
  event = scene.github.repository.pullEvent(pull, false, 'stranger/lists');
  scene.github.answer = ({ method, path }) =>
    method === 'GET' || path === '/graphql' ? null : { status: 403, message: 'Resource not accessible by integration' };
});

const BARE = { SINCH_WHATSAPP_TOKEN: '' }; // as a runner passes a secret that is not set
const plan = (inputs: Step['inputs'] = {}, env: Step['env'] = BARE) => scene.run('plan', event, inputs, { env });
const write = (name: string, text: string | Uint8Array) => writeFileSync(join(scene.cwd, name), text);

async function sealed(text: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(await generateIdentity()));
  return encrypter.encrypt(text);
}

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }\n';

describe.each(['a fork', 'Dependabot'])('a pull request of %s', (whose) => {
  const env = whose === 'a fork' ? BARE : { ...BARE, GITHUB_ACTOR: 'dependabot[bot]' };
  beforeEach(() => {
    if (whose !== 'a fork') event = scene.github.repository.pullEvent(pull);
  });

  test('reports what was checked and what was not, and does not fail', async () => {
    const { code, log, summary, outputs } = await plan({}, env);
    expect([code, outputs.outcome]).toEqual([0, 'valid']);
    expect(log).toContain('Valid: 3 numbers in 1 bot');
    for (const text of [log, summary]) {
      expect(text).toContain('gets no secrets, so nothing was planned; the files were checked');
    }
    expect(scene.api.seen).toEqual([]);
  });

  test('fails for wrong files', async () => {
    write('blacklist.yaml', 'version: 2\n');
    expect((await plan({}, env)).code).toBe(6);
  });

  test('fails for the warning if it is an error', async () => {
    expect((await plan({ arguments: '--error-on=W-NO-TOKENS' }, env)).code).toBe(6);
  });
});

describe('encrypted files', () => {
  test('of numbers are reported as not checked', async () => {
    mkdirSync(join(scene.cwd, 'lists'));
    write('lists/vip.txt.age', await sealed('+447700900123\n'));
    write('lists/plain.txt', '+447700900124\n');
    write('blacklist.yaml', `${HEAD}lists: { all: { files: [lists/*] } }\nbots: { a: { lists: [all] } }\n`);
    const { code, log } = await plan();
    expect(code).toBe(0);
    expect(log).toContain('so nothing was planned; the files were checked except the encrypted lists/vip.txt.age');
    expect(log).toContain('Valid: 1 number in 1 bot');
    expect(log).not.toContain('W-EMPTY-FILE');
  });

  test('of desired state are reported, and references to them are no errors', async () => {
    write('secret.yaml.age', await sealed(`${HEAD}lists: { vip: { numbers: [] } }\n`));
    write('blacklist.yaml', `${HEAD}bots: { a: { lists: [vip] } }\n`);
    for (const command of ['plan', 'validate']) {
      const inputs = { paths: 'blacklist.yaml\nsecret.yaml.age' };
      const { code, log } = await scene.run(command, event, inputs, { env: BARE });
      expect(code).toBe(0);
      expect(log).toContain('except the encrypted secret.yaml.age');
    }
  });

  test('hide no error of other files', async () => {
    write('secret.yaml.age', await sealed('anything'));
    write('blacklist.yaml', `${HEAD}bots: { a: { numbers: [x] } }\n`);
    const { code, log } = await plan({ paths: 'blacklist.yaml\nsecret.yaml.age' });
    expect(code).toBe(6);
    expect(log).toContain('::error file=blacklist.yaml,line=3,col=');
    expect(log).not.toContain('secret.yaml.age');
  });

  test('fail a pull request of the repository itself: a key is missing', async () => {
    write('secret.yaml.age', await sealed('anything'));
    const own = scene.github.repository.pullEvent(pull);
    const { code, log } = await scene.run('plan', own, { paths: 'secret.yaml.age' });
    expect(code).toBe(6);
    expect(log).toContain('no age key is set; put one into SOPS_AGE_KEY');
  });
});
