/** The version of the program, which the build sets. */
export const VERSION = process.env.BLACKLISTCTL_VERSION ?? '0.0.0';
