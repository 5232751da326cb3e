/** Reads the pages of a block list of the WhatsApp Cloud API, and finds out how large they may be. */
import type { CursorReader } from '../../live/cursors.ts';
import { ApiError } from '../../model/errors.ts';
import type { Page, ReadConnection } from '../connection.ts';
import type { HttpResponse } from '../http.ts';
import { type AnswersApi, parsePage } from './block-users-answers.ts';
import type { Learned } from './provider.ts';

export interface PagesApi extends AnswersApi {
  readonly paths: { readonly list: string };
  /** The largest count of users in one page that the API surely accepts. */
  readonly pageSize: number;
  /** A larger count, which the API may accept, cut or refuse. */
  readonly largePage?: number;
}

/** An entry has at most 600 bytes, with both business-scoped ids. The rest is room for other fields and for errors. */
const ENTRY_BYTES = 2048;
/** The entries of a large page fit into it. */
const MOST_BYTES = 1024 * 1024;

/** So many failures in a row are taken for a refusal. A single one may have another cause. */
const MOST_FAILURES = 2;

/**
 * Reads large pages while the API accepts them, and otherwise pages of the size that it surely accepts.
 *
 * | the answer to a large page     | then                                                                      |
 * | ------------------------------ | ------------------------------------------------------------------------- |
 * | a page, of whatever size       | the next page is as large                                                 |
 * | a first page without an entry  | the size may be the cause, so the first page is requested again, small    |
 * | refused, in whatever words     | the list is read from its start, and no page of the run is large again    |
 * | failed, and may be repeated    | it is repeated as a small page, and the rest of the list is read so       |
 *
 * Pages of one read never become larger: if a cursor counted pages, that would skip entries.
 */
export function openReader(connection: ReadConnection, api: PagesApi, learned: Learned): CursorReader {
  const { pageSize, largePage = pageSize, paths } = api;
  let size = pageSize;
  const parse = (response: HttpResponse) => parsePage(response, api);
  const pageOf = (cursor: string | null): Page => {
    const from = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`;
    return { path: `${paths.list}?limit=${size}${from}`, mostBytes: Math.min(size * ENTRY_BYTES, MOST_BYTES) };
  };

  function readSmall(cursor: string | null) {
    size = pageSize;
    return connection.get(pageOf(cursor), parse);
  }

  return {
    kind: 'cursors',
    async after(cursor, large) {
      const isStart = cursor === null;
      if (isStart) size = large && learned.failures < MOST_FAILURES ? largePage : pageSize;
      if (size === pageSize) return readSmall(cursor);
      const tried = connection.tryGet((attempt) => {
        if (attempt > 1) size = pageSize;
        return pageOf(cursor);
      }, parse);
      const page = await tried.catch((error) => {
        // Without retries, only the large page was requested.
        if (size > pageSize && error instanceof ApiError && !error.hopeless) return null;
        throw error;
      });
      if (page === null) {
        const first = isStart ? await readSmall(cursor) : 'moved';
        learned.failures = MOST_FAILURES; // not if the small page is refused, too
        return first;
      }
      learned.failures = size === pageSize ? learned.failures + 1 : 0;
      const isEmpty = page !== 'moved' && page.numbers.length + page.foreign === 0;
      return isStart && isEmpty ? readSmall(cursor) : page;
    },
  };
}
