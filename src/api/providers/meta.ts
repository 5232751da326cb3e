/**
 * The APIs with the block list of the WhatsApp Cloud API: Meta's own, and those of partners.
 *
 * The facts are from the vendors' documentation. `docs/api-behavior.md` lists what each vendor leaves open, and which
 * partners are left out.
 */
import { type BlockUsersApi, blockUsersProvider } from './block-users.ts';
import { endOfGraphVersion } from './graph-versions.ts';
import { ownProperty, textOf } from './json.ts';

const ONE_PATH = {
  paths: { list: '/block_users', block: '/block_users', unblock: '/block_users' },
  unblock: 'DELETE',
  batchSize: 1000,
  pageSize: 100,
  largePage: 1000, // no page documents how many are accepted
} as const satisfies Partial<BlockUsersApi>;

const versionEnd: BlockUsersApi['versionEnd'] = ({ apiVersion }, today) => endOfGraphVersion(apiVersion!, today);

export const whatsappCloud = blockUsersProvider({
  kind: 'whatsapp-cloud',
  place: ['phoneNumberId', 'apiVersion'],
  locate: ({ apiVersion, phoneNumberId }) => {
    return { host: 'https://graph.facebook.com', path: `/${apiVersion}/${phoneNumberId}` };
  },
  versionEnd,
  ...ONE_PATH,
});

/** The key selects the phone number. A throttle is a 400, and a wrong key is a 401 or 404. */
export const dialog360 = blockUsersProvider({
  kind: '360dialog',
  place: ['tokenEnv'],
  locate: () => ({ host: 'https://waba-v2.360dialog.io', path: '' }),
  tokenHeader: { name: 'd360-api-key', prefix: '' },
  tokenNamesList: true,
  ...ONE_PATH,
  ownErrors: {
    wrongToken: [401, 404],
    read(body) {
      const meta = ownProperty(body, 'meta');
      const text = textOf(ownProperty(meta, 'developerMessage'));
      if (text === undefined || ownProperty(meta, 'success') === true) return null;
      const status = Number(textOf(ownProperty(meta, 'httpCode')));
      return { text, ...(Number.isInteger(status) && { status }) };
    },
  },
});

/** The app API, which has a path for each verb. */
export const gupshup = blockUsersProvider({
  kind: 'gupshup',
  place: ['appId'],
  locate: ({ appId }) => ({ host: 'https://api.gupshup.io', path: `/wa/app/${appId}/user` }),
  tokenHeader: { name: 'apikey', prefix: '' },
  paths: { list: '/blocklist', block: '/block', unblock: '/unblock' },
  unblock: 'POST',
  batchSize: 1000,
  pageSize: 100, // the most that the API allows
  ownErrors: {
    wrongToken: [401],
    read: (body) => (ownProperty(body, 'status') === 'error' ? { text: wordsIn(body) ?? '' } : null),
  },
});

/** Passes requests to Meta. By its own description of the API, a write may be answered with success alone. */
export const kapso = blockUsersProvider({
  kind: 'kapso',
  place: ['phoneNumberId', 'apiVersion'],
  locate: ({ apiVersion, phoneNumberId }) => {
    return { host: 'https://api.kapso.ai', path: `/meta/whatsapp/${apiVersion}/${phoneNumberId}` };
  },
  tokenHeader: { name: 'x-api-key', prefix: '' },
  versionEnd,
  ...ONE_PATH,
  mayOmitResults: true,
  ownErrors: {
    wrongToken: [401],
    read(body) {
      const text = wordsIn(body); // the form is not documented
      return text === undefined ? null : { text };
    },
  },
});

/** Returns the words of an error in the usual keys. */
function wordsIn(body: unknown): string | undefined {
  const texts = [ownProperty(body, 'error'), ownProperty(body, 'message')].map(textOf);
  return texts.find((text) => text !== undefined);
}
