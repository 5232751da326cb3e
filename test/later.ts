const leftovers: (() => void)[] = [];

/**
 * Registers a function that cleans up after the tests of this file. A test cannot do it at its own end if
 * tests run concurrently.
 */
export function later(clear: () => void): void {
  leftovers.push(clear);
}

/** Runs after each file of tests, because many files run in one process. */
export function clearUp(): void {
  for (const clear of leftovers.splice(0).reverse()) clear();
}
