/** Decides which names `tokenEnv` may have. `schemas/blacklist.schema.json` contains the same patterns (tested). */

/**
 * Variables that the system and other programs use, by owner. A name that ends with an underscore stands for all names
 * that begin with it. A pull request could otherwise send another secret of the job to the API.
 */
export const RESERVED: Readonly<Record<string, readonly string[]>> = {
  blacklistctl: ['BLACKLISTCTL_', 'FORCE_COLOR', 'JOB_COMPLETION_INDEX', 'NO_COLOR'],
  'the operating system': [
    ...['APPDATA', 'BASH_', 'COMSPEC', 'CREDENTIALS_DIRECTORY', 'DBUS_', 'DISPLAY', 'DYLD_', 'ENV', 'HOME', 'HOSTNAME'],
    ...['LANG', 'LC_', 'LD_', 'LOCALAPPDATA', 'LOGNAME', 'MAIL', 'OLDPWD', 'PATH', 'PATHEXT', 'PWD', 'SHELL', 'SHLVL'],
    ...['SUDO_', 'SYSTEMROOT', 'TEMP', 'TERM', 'TMP', 'TMPDIR', 'TZ', 'USER', 'USERNAME', 'USERPROFILE', 'WINDIR'],
    'XDG_',
  ],
  'proxies and TLS': [
    ...['ALL_PROXY', 'CURL_', 'FTP_PROXY', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'OPENSSL_', 'SSLKEYLOGFILE'],
    'SSL_',
  ],
  'SOPS and GnuPG': ['GNUPGHOME', 'GPG_', 'SOPS_'],
  'Git and SSH': ['GIT_', 'SSH_'],
  GitHub: ['ACTIONS_', 'GH_', 'GITHUB_', 'INPUT_', 'RUNNER_'],
  'other CI systems': [
    ...['BITBUCKET_', 'BUILDKITE_', 'CI', 'CIRCLE_', 'CI_', 'CODEBUILD_', 'DRONE_', 'GITLAB_', 'JENKINS_'],
    ...['SYSTEM_ACCESSTOKEN', 'TEAMCITY_', 'TRAVIS_'],
  ],
  'cloud services': [
    ...['ALIBABA_', 'ARM_', 'AWS_', 'AZURE_', 'CLOUDFLARE_', 'CLOUDSDK_', 'DIGITALOCEAN_', 'GCLOUD_', 'GOOGLE_'],
    ...['HUAWEICLOUD_', 'IDENTITY_HEADER', 'MSI_SECRET'],
  ],
  'containers and infrastructure': [
    ...['ANSIBLE_', 'CONSUL_', 'DOCKER_', 'DOPPLER_', 'HELM_', 'KUBECONFIG', 'KUBERNETES_', 'NOMAD_', 'OP_CONNECT_'],
    ...['OP_SERVICE_ACCOUNT_TOKEN', 'OP_SESSION_', 'PULUMI_', 'REGISTRY_AUTH_FILE', 'TF_', 'VAULT_'],
  ],
  'Node.js and package managers': [
    ...['CARGO_', 'COMPOSER_', 'DEBUG', 'HOMEBREW_', 'NODE_', 'NPM_', 'NUGET_', 'PIP_', 'PNPM_', 'TWINE_', 'YARN_'],
  ],
  databases: ['DATABASE_URL', 'MYSQL_PWD', 'PGPASSFILE', 'PGPASSWORD', 'REDISCLI_AUTH'],
};

/** The form of every name. */
export const NAME = '^[A-Za-z_][A-Za-z0-9_]*$';

/** Case makes no difference, as it makes none on Windows. Patterns of JSON Schema have no flag for that. */
const anyCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);

/** Also matches a name if the name with `_FILE` is reserved, as the program would read the file of that variable. */
function patternOf(name: string): string {
  if (name.endsWith('_')) return `${anyCase(name.slice(0, -1))}(?:_|$)`;
  const base = name.replace(/_FILE$/, '');
  return `${anyCase(base)}${base === name ? '' : `(?:${anyCase('_FILE')})?`}$`;
}

/** Matches reserved names. */
export const RESERVED_NAME = `^(?:${Object.values(RESERVED).flat().map(patternOf).join('|')})`;

/** Matches names of variables that contain the path of a token file. Their value would be sent as the token. */
export const FILE_NAME = `${anyCase('_FILE')}$`;

/**
 * Matches names that are probably pasted tokens. They have small letters, capitals and digits, as no name has by the
 * convention of POSIX. Or they have at least 16 letters and digits between underscores: all hexadecimal, or with three
 * groups of digits.
 */
export const TOKEN_LIKE = [
  '^(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[^0-9]*[0-9]|',
  '(?:^|_)(?=[A-Za-z0-9]{16})(?:',
  '(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{16,}(?:_|$)|',
  '[A-Za-z]*[0-9]+[A-Za-z]+[0-9]+[A-Za-z]+[0-9]',
  ')',
].join('');

const [name, reserved, tokenLike, fileName] = [NAME, RESERVED_NAME, TOKEN_LIKE, FILE_NAME].map(
  (pattern) => new RegExp(pattern),
);

/**
 * Checks the name of a token variable. The error omits the text, which may be a token.
 *
 * @param what the key or option that has the name.
 * @returns the error, or null if files may contain the name.
 */
export function tokenEnvError(text: string, what: string): string | null {
  if (!name!.test(text) || tokenLike!.test(text)) {
    return `${what} must be the NAME of an environment variable, such as SUPPORT_BOT_TOKEN, never the token itself`;
  }
  if (reserved!.test(text)) return `${what} ${RESERVED_RULE}`;
  return fileName!.test(text) ? `${what} ${FILE_RULE}` : null;
}

const RESERVED_RULE =
  'names a variable of the system, of CI or of another tool; give the variable of the token another name';

const FILE_RULE =
  'ends with _FILE, which is reserved for the paths of token files; remove _FILE (the token file is still read)';
