/** The entry. If the action cannot run at all, as with an unreadable event, it prints the error without a stack. */
try {
  await import('./main.ts');
} catch (error) {
  const [line = ''] = String((error as Error).message).split('\n');
  const escaped = line.slice(0, 200).replaceAll('%', '%25').replaceAll('\r', '%0D');
  process.stdout.write(`::error title=blacklistctl::the action could not run: ${escaped}\n`);
  process.exitCode = 1;
}

export {}; // a module, although it imports nothing at once
