/** Matches paths with patterns. A regular expression could take exponential time for the same patterns. */

/** Decides whether a step takes a character. `isFirst`: it is the first one of a name. */
type Takes = (character: string, isFirst: boolean) => boolean;

/**
 * A step of a pattern: it takes one character, or leads to several other steps. The step after the last is the end.
 * `isStar`: it leads nowhere before the dot of a hidden name.
 */
type Step = { readonly takes: Takes; readonly next: number } | { readonly ways: number[]; readonly isStar?: true };

/** Hidden names match only with their dot. */
const isVisible: Takes = (character, isFirst) => !(isFirst && character === '.');
const isInName: Takes = (character, isFirst) => character !== '/' && isVisible(character, isFirst);

/**
 * Compiles a pattern. `*` and `?` match characters of a name, `[ab]`, `[a-b]` and `[!ab]` one of a set, `{a,b}` one of
 * several parts, and `**` any folders. Every other character matches itself.
 *
 * @returns a function that takes time for each character of the path times each character of the pattern, at most.
 */
export function compile(text: string): (path: string) => boolean {
  const pattern = [...text]; // an emoji is one character of two units
  const steps: Step[] = [];
  const braces = closedBraces(pattern);
  let at = 0;

  const one = (takes: Takes) => steps.push({ takes, next: steps.length + 1 });
  const literal = (character: string) => one((given) => given === character);

  /** Adds a step that leads to the next one, and others. */
  function fork(): number[] {
    const ways = [steps.length + 1];
    steps.push({ ways });
    return ways;
  }

  /** Takes any count of characters. */
  function many(takes: Takes): void {
    const loop = steps.length;
    steps.push({ ways: [loop + 1, loop + 2], isStar: true }, { takes, next: loop });
  }

  /** Reads up to the end, or up to the comma or brace that ends a part. */
  function sequence(inBraces: boolean): void {
    while (at < pattern.length && !(inBraces && /[,}]/.test(pattern[at]!))) item();
  }

  function item(): void {
    const start = at;
    const character = pattern[at++]!;
    if (character === '*') stars(start);
    else if (character === '?') one(isInName);
    else if (character === '[' && setEnd(start) > 0) set(setEnd(start));
    else if (character === '{' && braces.has(start)) parts(braces.get(start)!);
    else literal(character);
  }

  function stars(start: number): void {
    while (pattern[at] === '*') at++;
    const isWholeName = /^[/{,]?$/.test(pattern[start - 1] ?? '') && /^[/,}]?$/.test(pattern[at] ?? '');
    const isFolders = at - start === 2 && isWholeName;
    if (!isFolders || pattern[at] !== '/') many(isFolders ? isVisible : isInName);
    else {
      at++;
      const ways = fork();
      many(isVisible);
      literal('/');
      ways.push(steps.length); // without any folder
    }
  }

  const isNegated = (start: number) => pattern[start + 1] === '!' || pattern[start + 1] === '^';

  /** Returns the offset of the bracket that ends a set, or -1. A bracket that comes first belongs to the set. */
  function setEnd(start: number): number {
    return pattern.indexOf(']', start + (isNegated(start) ? 3 : 2));
  }

  function set(end: number): void {
    const isOther = isNegated(at - 1);
    const inside = pattern.slice(isOther ? at + 1 : at, end).join('');
    at = end + 1;
    const codeOf = (character: string) => character.codePointAt(0)!;
    const ranges = Array.from(inside.matchAll(/(.)-(.)|(.)/gsu), ([, low, high, only]) => {
      return [codeOf(low ?? only!), codeOf(high ?? only!)] as const;
    });
    const has = (given: string) => ranges.some(([low, high]) => codeOf(given) >= low && codeOf(given) <= high);
    one((given, isFirst) => isInName(given, isFirst) && has(given) !== isOther);
  }

  function parts(hasComma: boolean): void {
    if (!hasComma) {
      literal('{');
      sequence(true);
      at++;
      return void literal('}');
    }
    const ways = fork();
    const ends: number[][] = [];
    for (;;) {
      sequence(true);
      const end: number[] = [];
      ends.push(end);
      steps.push({ ways: end });
      if (pattern[at++] === '}') break;
      ways.push(steps.length);
    }
    for (const end of ends) end.push(steps.length);
  }

  sequence(false);
  return (path) => matches(steps, [...path]);
}

/** Finds braces that are closed: the offset of each opening one, and whether a comma divides the text in it. */
function closedBraces(pattern: readonly string[]): ReadonlyMap<number, boolean> {
  const closed = new Map<number, boolean>();
  const open: { readonly at: number; hasComma: boolean }[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '{') open.push({ at, hasComma: false });
    else if (character === ',' && open.length > 0) open.at(-1)!.hasComma = true;
    else if (character === '}' && open.length > 0) {
      const { at: start, hasComma } = open.pop()!;
      closed.set(start, hasComma);
    }
  }
  return closed;
}

/** Follows all ways at once: the set of steps that the characters so far can lead to. */
function matches(steps: readonly Step[], path: readonly string[]): boolean {
  const startsName = (index: number) => index === 0 || path[index - 1] === '/';
  let now: number[] = [];
  let seen = new Set<number>();
  const reach = (start: number, next: number) => {
    const isHidden = path[next] === '.' && startsName(next);
    const left = [start];
    for (let at = left.pop(); at !== undefined; at = left.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const step = steps[at];
      if (!step || 'takes' in step) now.push(at);
      else if (!(isHidden && step.isStar)) left.push(...step.ways);
    }
  };
  reach(0, 0);
  for (let index = 0; index < path.length && now.length > 0; index++) {
    const before = now;
    now = [];
    seen = new Set();
    const isFirst = startsName(index);
    for (const at of before) {
      const step = steps[at];
      if (step && 'takes' in step && step.takes(path[index]!, isFirst)) reach(step.next, index + 1);
    }
  }
  return seen.has(steps.length);
}
