import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { SEED } from '../../src/sandbox/apis.ts';
import { type ByHand, changeByHand } from '../../src/sandbox/by-hand.ts';
import { type RunningSandbox, type SandboxServerOptions, startSandbox } from '../../src/sandbox/server.ts';

const PHONE = '106540352242922';
const CLOUD = `whatsapp-cloud/${PHONE}`;
const [A, B] = ['+447700900001', '+447700900002'] as const;

let running: RunningSandbox;
const log: string[] = [];

async function start(options: SandboxServerOptions = {}): Promise<RunningSandbox> {
  running = await startSandbox({ ...options, log: (line) => log.push(line) });
  return running;
}
afterEach(async () => {
  log.length = 0;
  await running.close();
});

const change = (verb: ByHand['verb'], list: string, ...numbers: string[]) =>
  changeByHand(running.port, { verb, list, numbers });

/** Sends a request with any headers, as curl and browsers do. */
function send(path: string, method: string, body: object, headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: running.port, path, method, headers });
    sent.on('error', reject).on('response', async (response) => {
      resolve({ status: response.statusCode, body: await text(response) });
    });
    sent.end(method === 'GET' ? '' : JSON.stringify(body));
  });
}

describe('a change by hand', () => {
  it('blocks and unblocks numbers of a bot, and reports each number', async () => {
    const { sandbox } = await start();
    expect(await change('block', 'bot', A, B, A)).toEqual({
      exitCode: 0,
      lines: [
        `${A} is now blocked on bot`,
        `${B} is now blocked on bot`,
        `${A} was already blocked on bot`,
        'note: bot is a new Sinch bot; for other bots, pass a phone number ID, gupshup/APP_ID or 360dialog/KEY',
      ],
    });
    expect((await change('unblock', 'bot', A)).lines).toEqual([`${A} is no longer blocked on bot`]);
    expect((await change('unblock', 'bot', A)).lines).toEqual([`${A} was not blocked on bot`]);
    expect(sandbox.list('bot')).toEqual([B.slice(1)]);
    expect(log).toEqual([
      'POST /sandbox/by-hand/block/bot 200 added +447700900001 +447700900002',
      'POST /sandbox/by-hand/unblock/bot 200 removed +447700900001',
      'POST /sandbox/by-hand/unblock/bot 200',
    ]);
  });

  it.each([
    ['a name of digits is a phone number ID', PHONE, CLOUD],
    ['the name of a Cloud API list in the state file is itself', CLOUD, CLOUD],
    ['any other name is a bot id', 'bot-1', 'bot-1'],
    ['a key of 360dialog selects its list', '360dialog/any-text', '360dialog/3ffb90837e845cf5'],
    ['the name of such a list is itself', '360dialog/3ffb90837e845cf5', '360dialog/3ffb90837e845cf5'],
  ])('%s', async (_, list, name) => {
    const { sandbox } = await start();
    await change('block', list, A);
    expect(sandbox.bots()).toEqual([name]);
  });

  it.each(['ab%25cd^efgh', 'a/b?c#d&e=f', 'ключ %'])('selects the list of the 360dialog key %s', async (key) => {
    const { sandbox } = await start();
    const body = JSON.stringify({ messaging_product: 'whatsapp', block_users: [{ user: A }] });
    sandbox.handle({ method: 'POST', path: '/block_users', headers: { 'd360-api-key': key }, body });
    const name = sandbox.bots()[0]!;
    expect((await change('unblock', `360dialog/${key}`, A)).lines).toEqual([`${A} is no longer blocked on ${name}`]);
    expect(sandbox.list(name)).toEqual([]);
  });

  it('prefers a Sinch bot whose id is digits', async () => {
    const { sandbox } = await start();
    sandbox.set('1065', []);
    await change('block', '1065', A);
    expect(sandbox.list('1065')).toEqual([A.slice(1)]);
  });

  it('finds a user of the Cloud API under the listed spelling', async () => {
    const { sandbox } = await start();
    sandbox.set(CLOUD, ['5215555500100']);
    expect((await change('unblock', PHONE, '+525555500100')).lines).toEqual([
      `+525555500100 is no longer blocked on ${CLOUD}`,
    ]);
    expect(sandbox.list(CLOUD)).toEqual([]);
  });

  it('lets a user write, so that the Cloud API can block them', async () => {
    const { sandbox } = await start({ cloud: { contact: 'none' } });
    const block = () =>
      sandbox.handle({
        method: 'POST',
        path: `/v25.0/${PHONE}/block_users`,
        authorization: 'Bearer t',
        body: JSON.stringify({ messaging_product: 'whatsapp', block_users: [{ user: A }] }),
      });
    expect(JSON.parse(block().body).block_users.failed_users).toHaveLength(1);
    expect(await change('message', PHONE, A)).toEqual({
      exitCode: 0,
      lines: [`${A} wrote to ${CLOUD}; this user can be blocked in the next 24 hours`],
    });
    expect(JSON.parse(block().body).block_users.added_users).toHaveLength(1);
  });

  it('gives a user a username, so that the list has no number of theirs', async () => {
    const { sandbox } = await start();
    sandbox.set(CLOUD, [A, B]);
    expect(await change('username', PHONE, A)).toEqual({
      exitCode: 0,
      lines: [`${A} took a username; if blocked, this user is on ${CLOUD} without a number`],
    });
    const list = sandbox.handle({ method: 'GET', path: `/v25.0/${PHONE}/block_users`, authorization: 'Bearer t' });
    expect(JSON.parse(list.body).data.map(({ wa_id: id }: { wa_id?: string }) => id)).toEqual([undefined, B.slice(1)]);
    expect(sandbox.list(CLOUD)).toEqual([A.slice(1), B.slice(1)]);
  });

  it.each<[string, ByHand['verb'], string, string, string]>([
    [
      'a name that no bot can have',
      'block',
      'a b',
      A,
      '"a b" is not a bot id; pass a phone number ID, gupshup/APP_ID or 360dialog/KEY, or the id of a Sinch bot',
    ],
    ['text that is not a number', 'block', 'bot', 'abc', '"abc" is not a phone number such as "+447700900123"'],
    ['a username on a Sinch bot', 'username', 'bot', A, 'bot is not a list of the Cloud API; pass a phone number ID'],
    ['a message to a Sinch bot', 'message', 'bot', A, 'bot is not a list of the Cloud API; pass a phone number ID'],
  ])('refuses %s', async (_, verb, list, number, reason) => {
    const { sandbox } = await start();
    expect(await change(verb, list, number)).toEqual({ exitCode: 6, lines: [reason] });
    expect(sandbox.bots()).toEqual([]);
  });

  it.each([
    ['an unknown verb', '/sandbox/by-hand/clear/bot', 'POST', { numbers: [A] }, 404],
    ['a read', '/sandbox/by-hand/block/bot', 'GET', {}, 404],
    ['no numbers', '/sandbox/by-hand/block/bot', 'POST', {}, 400],
    ['a path that no URL decodes', '/sandbox/by-hand/block/%E0%A4', 'POST', { numbers: [A] }, 400],
  ])('answers %s with an error', async (_, path, method, body, status) => {
    const { sandbox } = await start();
    expect((await send(path, method, body)).status).toBe(status);
    expect(sandbox.bots()).toEqual([]);
  });

  it('reports a port on which no sandbox answers', async () => {
    const { port } = await start();
    await running.close();
    expect(await changeByHand(port, { verb: 'block', list: 'bot', numbers: [A] })).toEqual({
      exitCode: 1,
      lines: [`no sandbox answers on port ${port}; start it with: blacklistctl sandbox --port ${port}`],
    });
  });
});

describe('requests of web pages', () => {
  const paths = ['/whatsapp/v1/bot/provision/blacklist', `/v25.0/${PHONE}/block_users`, '/sandbox/by-hand/block/bot'];
  it.each([
    ['a Host that was made to point to loopback', { host: 'rebind.example.com' }],
    ['the Host of a vendor', { host: 'eu1.whatsapp.api.sinch.com' }],
    ['a Host that ends like loopback', { host: 'evilsandbox.localhost' }],
    ['a Host that begins like loopback', { host: '127.0.0.1.example.com' }],
    ['an Origin', { origin: 'https://example.com' }],
    ['an Origin on loopback', { origin: 'http://localhost:3000' }],
  ])('are refused by %s', async (_, headers) => {
    const { sandbox } = await start();
    for (const path of paths) {
      const body = { numbers: [A], messaging_product: 'whatsapp', block_users: [{ user: A }] };
      const authorization = 'Bearer t';
      expect((await send(path, 'POST', body, { authorization, ...headers })).status).toBe(403);
      expect((await send(path, 'GET', {}, { authorization, ...headers })).body).not.toContain(A);
    }
    expect(sandbox.bots()).toEqual([]);
  });

  it.each(['localhost', 'sandbox.localhost', '127.0.0.1'])(
    'differ from those of programs that call %s',
    async (name) => {
      await start();
      const host = `${name}:${running.port}`;
      expect((await send(paths[2]!, 'POST', { numbers: [A] }, { host })).status).toBe(200);
    },
  );
});

describe('a seeded sandbox', () => {
  const read = (path: string) => send(path, 'GET', {}, { authorization: 'Bearer t' });

  it('starts the lists of all APIs with the same numbers, until the first write', async () => {
    const { sandbox } = await start({ seed: true });
    const { body: sinch } = await read('/whatsapp/v1/bot/provision/blacklist');
    const { body: cloud } = await read(`/v25.0/${PHONE}/block_users`);
    expect(JSON.parse(sinch).numbers).toEqual(SEED.map((number) => `+${number}`));
    expect(JSON.parse(cloud).data.map(({ wa_id }: { wa_id: string }) => wa_id)).toEqual(SEED);
    expect(sandbox.bots()).toEqual([]);
    await change('unblock', 'bot', `+${SEED[0]}`);
    expect(sandbox.list('bot')).toEqual(SEED.slice(1));
    for (const number of SEED.slice(1)) await change('unblock', 'bot', number);
    expect(JSON.parse((await read('/whatsapp/v1/bot/provision/blacklist')).body).numbers).toEqual([]);
  });
});

it('logs no value of a query parameter that may be a token', async () => {
  await start();
  await send(`/v25.0/${PHONE}/block_users?limit=5&access_token=secret&after=0-0`, 'GET', {});
  expect(log).toEqual([`GET /v25.0/${PHONE}/block_users?limit=5&access_token=…&after=0-0 401`]);
});
