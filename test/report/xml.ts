/** Reads the XML that we write, by the grammar of XML 1.0 for elements, attributes and text. Throws at anything else. */
export interface Xml {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Xml[];
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };

/** @throws Error unless the text is one well-formed document. */
export function readXml(source: string): Xml {
  // XML 1.0, production 2: the characters that a document can contain.
  const wrong = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(source);
  if (wrong) throw new Error(`the character ${JSON.stringify(wrong[0])} at ${wrong.index}`);
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (!found) throw new Error(`no ${pattern} at ${at}: ${source.slice(at, at + 40)}`);
    at = pattern.lastIndex;
    return found;
  };
  const unescaped = (text: string) =>
    text.replace(/&([^;]*);?/g, (whole, name: string) => {
      if (!(name in ENTITIES) || !whole.endsWith(';')) throw new Error(`the reference ${whole}`);
      return ENTITIES[name]!;
    });

  function element(): Xml {
    const [, name = '', rest = '', closed] = take(/<([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/y);
    const pairs = [...rest.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, unescaped(value!)]);
    const attributes = Object.fromEntries(pairs) as Record<string, string>;
    if (closed) return { name, attributes, children: [], text: '' };
    const children: Xml[] = [];
    let text = '';
    for (;;) {
      text += unescaped(take(/[^<]*/y)[0]);
      if (source.startsWith('</', at)) break;
      children.push(element());
    }
    if (take(/<\/([a-z-]+)>/y)[1] !== name) throw new Error(`an end of another element than ${name}`);
    return { name, attributes, children, text };
  }

  take(/<\?xml version="1\.0" encoding="UTF-8"\?>\n/y);
  const root = element();
  take(/\n$/y);
  return root;
}
