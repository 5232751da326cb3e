/** The entry. What keeps the action from running at all, such as an event that cannot be read, is said without a stack. */
try {
  await import('./main.ts');
} catch (error) {
  const [said = ''] = String((error as Error).message).split('\n');
  const escaped = said.slice(0, 200).replaceAll('%', '%25').replaceAll('\r', '%0D');
  process.stdout.write(`::error title=blacklistctl::the action could not run: ${escaped}\n`);
  process.exitCode = 1;
}

export {}; // a module, although it imports nothing at once
