const leftovers: (() => void)[] = [];

/** Has something cleared away after the tests of this file: some of them run side by side. */
export function later(clear: () => void): void {
  leftovers.push(clear);
}

/** Called after each file of tests: many run in one process. */
export function clearUp(): void {
  for (const clear of leftovers.splice(0).reverse()) clear();
}
