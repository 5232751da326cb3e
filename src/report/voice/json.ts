const SIZE = 1000; // entries of a piece

type List<T> = { readonly length: number; slice(from: number, to: number): ArrayLike<T> };

/** Makes the entries of a long list as they are written, so that memory never holds all of them. */
export const long = <T>(items: List<T>, entry: (item: T) => unknown) =>
  function* () {
    yield '[';
    for (let from = 0; from < items.length; from += SIZE) {
      const part = JSON.stringify(Array.from(items.slice(from, from + SIZE), entry));
      yield (from > 0 ? ',' : '') + part.slice(1, -1);
    }
    yield ']';
  };

/** Yields a value as JSON, in pieces. Like JSON.stringify, it omits keys whose value is undefined. */
export function* pieces(value: unknown): Generator<string> {
  if (typeof value === 'function') yield* value();
  else if (typeof value !== 'object' || value === null) yield JSON.stringify(value);
  else {
    const isArray = Array.isArray(value);
    let before = '';
    yield isArray ? '[' : '{';
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      yield isArray ? before : `${before}${JSON.stringify(key)}:`;
      yield* pieces(item);
      before = ',';
    }
    yield isArray ? ']' : '}';
  }
}
