/**
 * The names that this project does not own yet. The release refuses while one of them is null, because the first to
 * register a name that is printed anywhere would receive the tokens of its users. After a change: npm run docs
 */
export const NAMES = {
  /** OWNER/NAME on GitHub: of the action, and of the links of the package. */
  repository: null,
  /** OWNER/NAME of the image, in the registry of the variable IMAGE_REGISTRY or, without it, in Docker's default. */
  image: null,
  /** The users and teams who review all changes, as CODEOWNERS has them: "@OWNER/TEAM". */
  owners: null,
};

/** Fill the places of unset names in a dry run. Their underscores and capitals make them names that cannot be registered. */
export const PLACEHOLDERS = { repository: '_OWNER_/_REPOSITORY_', image: '_OWNER_/_IMAGE_', owners: '@_OWNER_' };
