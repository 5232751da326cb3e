/** The APIs with the block list of the WhatsApp Cloud API. */
import { blockUsersProvider } from './block-users.ts';

/** Meta's own API. */
export const whatsappCloud = blockUsersProvider({
  kind: 'whatsapp-cloud',
  locate: ({ apiVersion, phoneNumberId }) => {
    return { host: 'https://graph.facebook.com', path: `/${apiVersion}/${phoneNumberId}` };
  },
  paths: { list: '/block_users', block: '/block_users', unblock: '/block_users' },
  unblock: 'DELETE',
  batchSize: 1000,
  pageSize: 100,
});
