import { type CST, Parser } from 'yaml';

/** A list or a mapping in block style: its items start in a column of their own. */
export interface Block {
  /** The offset of its node in the parsed tree. */
  readonly start: number;
  column: number; // of its items, from 0
  readonly isList: boolean;
  readonly depth: number; // the count of blocks around it
  readonly parent: Block | null;
  /** The end of its content. Only blanks and a comment may follow on that line. */
  end: number;
}

/** A YAML token that is not a collection. Together, the tokens make up the text. */
export interface Token {
  /** The type from the YAML library; `block-scalar` is its text, without its header. */
  readonly type: string;
  readonly offset: number;
  readonly source: string;
  readonly block: Block | null; // the innermost around it
  /** It is the first token of an item of its block, and so in the column of the block. */
  readonly first: boolean;
  readonly inFlow: boolean; // within brackets or braces
}

const BLANK: ReadonlySet<string> = new Set(['space', 'newline', 'comment']);

/** Visits the tokens of a file without syntax errors in order. @returns its blocks by their start. */
export function readTokens(text: string, visit: (token: Token) => void): ReadonlyMap<number, Block> {
  const blocks = new Map<number, Block>();
  let at = 0;
  let atItem = false; // the next token that is not blank starts an item

  function leaf(type: string, source: string, block: Block | null, inFlow: boolean): void {
    const offset = at;
    at += source.length;
    const first = atItem && !BLANK.has(type);
    if (first) atItem = false;
    if (block && !BLANK.has(type) && source !== '') {
      if (block.column < 0) block.column = offset - (text.lastIndexOf('\n', offset - 1) + 1);
      // A block scalar includes the line feed after its last line, which is not part of the line.
      const end = type === 'block-scalar' && source.endsWith('\n') ? at - 1 : at;
      for (let outer: Block | null = block; outer; outer = outer.parent) outer.end = end;
    }
    visit({ type, offset, source, block, first, inFlow });
  }

  function all(tokens: readonly CST.SourceToken[] | undefined, block: Block | null, inFlow: boolean): void {
    for (const { type, source } of tokens ?? []) leaf(type, source, block, inFlow);
  }

  function readItem({ start, key, sep, value }: CST.CollectionItem, block: Block | null, inFlow: boolean): void {
    all(start, block, inFlow);
    read(key, block, inFlow);
    all(sep, block, inFlow);
    read(value, block, inFlow);
  }

  function read(token: CST.Token | null | undefined, block: Block | null, inFlow: boolean): void {
    if (!token) return;
    switch (token.type) {
      case 'document':
        all(token.start, block, inFlow);
        read(token.value, block, inFlow);
        all(token.end, block, inFlow);
        return;
      case 'block-map':
      case 'block-seq': {
        const { offset: start, items } = token;
        const isList = token.type === 'block-seq';
        const depth = block ? block.depth + 1 : 0;
        const inner: Block = { start, column: -1, isList, depth, parent: block, end: start };
        blocks.set(start, inner);
        for (const item of items) {
          atItem = true;
          readItem(item, inner, inFlow);
        }
        atItem = false;
        return;
      }
      case 'flow-collection':
        leaf(token.start.type, token.start.source, block, true);
        for (const item of token.items) readItem(item, block, true);
        all(token.end, block, inFlow);
        return;
      case 'block-scalar':
        for (const prop of token.props) read(prop, block, inFlow);
        leaf(token.type, token.source, block, inFlow);
        return;
      default:
        if ('source' in token) leaf(token.type, token.source, block, inFlow);
        if ('end' in token) all(token.end, block, inFlow);
    }
  }

  for (const token of new Parser().parse(text)) read(token, null, false);
  return blocks;
}
