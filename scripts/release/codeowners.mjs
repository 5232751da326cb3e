/** Writes .github/CODEOWNERS. */
export function codeownersOf({ owners }) {
  const head = '# Made by "npm run docs" from scripts/release/names.mjs; changes here are lost.\n';
  if (owners === null) return `${head}# This project has no registered owners yet, so no line follows.\n`;
  return `${head}* ${owners}
# These run with the tokens of users, and with the rights to publish.
/action.yml ${owners}
/dist/action/ ${owners}
/.github/ ${owners}
/scripts/release/ ${owners}
`;
}
