import { type Block, readTokens } from '../yaml/cst.ts';

/** An item of a list, by its offsets in the text. */
export interface Item {
  readonly from: number; // its dash, or its first content in brackets
  to: number; // the end of its last content
  comma: number | null; // the comma after it, in brackets
  next: number; // the start of the next content of the file
  /** True after text that would include the blank lines below it. */
  readonly belowText: boolean;
}

/** A list in block style, or in brackets. */
export interface List {
  readonly block: Block | null; // null in brackets
  readonly items: Item[];
  /** The offset after its key, where `[]` can replace it; in brackets, the offset after the opening one. */
  readonly start: number;
  end: number; // the offset after the closing bracket
}

export interface Items {
  readonly lists: readonly List[];
  readonly comments: readonly number[]; // the offset of each
}

/** Finds the items of all lists of a file without syntax errors. The format has no list within a list. */
export function readItems(text: string): Items {
  const lists: List[] = [];
  const comments: number[] = [];
  let list: List | null = null;
  let item: Item | null = null;
  let depth = 0; // of brackets and braces
  let listDepth = 0;
  let before = { end: 0, isOpenText: false };
  let header = '';

  function open(block: Block | null, start: number): void {
    list = { block, items: [], start, end: start };
    lists.push(list);
    listDepth = depth;
  }

  function begin(from: number): Item {
    const begun = { from, to: from, comma: null, next: text.length, belowText: before.isOpenText };
    list!.items.push(begun);
    return begun;
  }

  function leave(offset: number): void {
    if (item) item.next = offset;
    item = null;
  }

  readTokens(text, ({ type, offset, source, block }) => {
    if (type === 'space' || type === 'newline' || source === '') return;
    if (type === 'comment') return void comments.push(offset);
    const end = offset + source.length;
    const inBlock = list?.block;
    if (inBlock && !isWithin(block, inBlock)) {
      leave(offset);
      list = null;
    }
    if (type === 'flow-seq-end' || type === 'flow-map-end') depth--;
    if (type === 'seq-item-ind') {
      leave(offset);
      if (list?.block !== block) open(block, before.end);
      item = begin(offset);
    } else if (list && !list.block && depth < listDepth) {
      list.end = end;
      leave(offset);
      list = null;
    } else if (list && !list.block && depth === listDepth && type === 'comma') {
      item!.comma = offset;
      leave(offset);
    } else if (list) item ??= begin(offset);
    if (item) item.to = end;
    if (type === 'flow-seq-start' || type === 'flow-map-start') depth++;
    if (type === 'flow-seq-start') open(null, end);

    if (type === 'block-scalar-header') header = source;
    before = { end, isOpenText: type === 'block-scalar' && header.includes('+') };
  });
  return { lists, comments };
}

function isWithin(block: Block | null, outer: Block): boolean {
  for (let each = block; each; each = each.parent) if (each === outer) return true;
  return false;
}
