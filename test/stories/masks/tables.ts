/** What a hostile server answers, and the arguments and variables that may hold a text. */

/** Text that stands for a name is a name if it fits their rule: names keep their digits. */
export const unnamed = (text: string) => (/^[\w.-]{1,64}$/.test(text) ? `+${text}` : text);

/** One folder of a URL. Digits that slashes separate are in several. */
const folder = (text: string) => text.replace(/(?<=\d)\/(?=\d)/g, '-');

/** Bodies of errors, as vendors have them. */
export const ERRORS: readonly ((text: string) => object | string)[] = [
  (text) => ({ message: text }),
  (text) => ({ message: 'Validation error', reason: text }),
  (text) => ({ title: text, details: [text] }),
  (text) => ({ message: '401', reason: text }),
  (text) => ({ failedToAddNumbers: [{ msisdn: text, rejectionReason: text }] }),
  (text) => ({ errors: [{ [text]: text }] }),
  (text) => ({ error: { code: 100, message: text, error_data: { details: text }, fbtrace_id: text } }),
  (text) => ({ error: { code: 190, message: text, fbtrace_id: text.replace(/[^\w-]/g, '-').slice(0, 64) } }),
  (text) => ({ error: { code: 131_000, title: text } }),
  (text) => ({ error: { code: 4, message: text } }),
  (text) => ({ error: { code: text, message: text } }),
  (text) => ({ meta: { success: false, developer_message: text, http_code: 400 } }),
  (text) => ({ error: text }),
  (text) => ({ status: 'error', message: text }),
  (text) => `<html><h1>${text}</h1></html>`,
  (text) => text,
];
export const STATUSES = [200, 400, 401, 403, 404, 410, 422, 429, 500, 503];

/** Results of a write to the WhatsApp Cloud API. */
export const LEDGERS: readonly ((text: string, number: string) => object)[] = [
  (text, number) => ({ failed_users: [{ input: `+${number}`, errors: [{ code: 131_009, message: text }] }] }),
  (text, number) => ({
    failed_users: [{ input: `+${number}`, wa_id: text, errors: [{ code: 131_047, title: text }] }],
  }),
  (text, number) => ({ added_users: [{ input: `+${number}`, wa_id: text }], removed_users: [] }),
  (text) => ({ added_users: [{ input: text, wa_id: text }] }),
];

export const HEADERS: readonly ((text: string) => Record<string, string>)[] = [
  (text) => ({ location: text }),
  (text) => ({ location: `https://${text}.example/` }),
  (text) => ({ location: `https://example.com/${text}` }),
  (text) => ({ 'retry-after': text }),
  (text) => ({ 'x-fb-trace-id': text }),
  (text) => ({ 'x-fb-request-id': text }),
  (text) => ({ 'x-app-usage': text }),
  (text) => ({ date: text }),
  (text) => ({ 'content-type': text }),
  (text) => ({ 'content-encoding': text }),
];

/** Arguments that may hold a text, after a command that takes them. */
export const ARGUMENTS: readonly ((text: string) => readonly string[])[] = [
  (text) => ['explain', text],
  (text) => ['explain', '+12015550145', '--bot', unnamed(text)],
  (text) => ['add', '--bot', 'shop', text],
  (text) => ['add', '--bot', 'shop', '--reason', text, '--owner', text, '+12015550198'],
  (text) => ['add', '--bot', 'shop', '--label', `${text}=${text}`, '+12015550198'],
  (text) => ['add', '--bot', 'shop', '--label', text, '+12015550198'],
  (text) => ['add', '--bot', 'shop', '--expires', text, '+12015550198'],
  (text) => ['add', '--list', unnamed(text), '+12015550198'],
  (text) => ['remove', text],
  (text) => ['remove', '--bot', unnamed(text), '+12015550148'],
  (text) => ['validate', '--bot', unnamed(text)],
  (text) => ['validate', '--expiring', text],
  (text) => ['validate', '--error-on', text],
  (text) => ['validate', '--format', text],
  (text) => ['plan', '--shard', text],
  (text) => ['plan', '--rate', text],
  (text) => ['plan', '--timeout', text],
  (text) => ['plan', '--base-url', text],
  (text) => ['plan', '--base-url', `http://127.0.0.1:1/${folder(text)}`],
  (text) => ['plan', '--base-url', `http://${encodeURIComponent(text)}:x@127.0.0.1:1/`],
  (text) => ['plan', '--contacts', text],
  (text) => ['plan', '--base', text],
  (text) => ['apply', '--approve', text],
  (text) => ['apply', '--yes', '--wait', text],
  (text) => ['list', '--on', text],
  (text) => ['list', '--at', text],
  (text) => ['drift', '--settle', text],
  (text) => ['init', '--bot', unnamed(text), '--provider', 'sinch'],
  (text) => ['init', '--bot', 'shop', '--provider', text, '--token-env', unnamed(text)],
  (text) => ['init', '--bot', 'shop', '--action', text, '--workflows', 'github'],
  (text) => ['import', '--bot', unnamed(text)],
  (text) => ['import', '--from', unnamed(text), '--bot', 'shop'],
  (text) => ['sandbox', 'message', text, text],
  (text) => ['sandbox', '--port', text],
  (text) => ['sandbox', '--bot', `=${text}`], // with an id, it would start a sandbox, which does not end
  (text) => [text],
  (text) => ['plan', `--${text}`],
  (text) => ['plan', `--${text}=${text}`],
];

export const VARIABLES: readonly ((text: string) => Record<string, string>)[] = [
  (text) => ({ BLACKLISTCTL_BASE_URL: text }),
  (text) => ({ BLACKLISTCTL_BASE_URL: `http://127.0.0.1:1/${folder(text)}` }),
  (text) => ({ BLACKLISTCTL_MASK_KEY: text }),
  (text) => ({ CLOUD_TOKEN: `${text} x` }),
  (text) => ({ CLOUD_TOKEN: '', CLOUD_TOKEN_FILE: text }),
  (text) => ({ GITHUB_SHA: text, GITHUB_REF: text, GITHUB_REPOSITORY: text }),
  (text) => ({ HTTPS_PROXY: `http://${encodeURIComponent(text)}@127.0.0.1:1/`, BLACKLISTCTL_BASE_URL: '' }),
  (text) => ({ JOB_COMPLETION_INDEX: text }),
  (text) => ({ NODE_DEBUG: text }),
  (text) => ({ NODE_OPTIONS: text }),
  (text) => ({ SOPS_AGE_KEY: text }),
  (text) => ({ SOPS_AGE_KEY_FILE: text }),
];
