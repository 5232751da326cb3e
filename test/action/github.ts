/** A stand-in for GitHub's REST API behind a real socket: comments, issues and the pull requests of a commit. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { later } from '../later.ts';

export const WORKFLOW = 'github-actions[bot]';

export interface Post {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

export interface Issue extends Post {
  readonly number: number;
  title: string;
  state: 'open' | 'closed';
  readonly pull_request?: object;
  readonly comments: Post[];
}

/** One request, in the order of arrival. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
}

export interface StandIn {
  readonly url: string;
  /** Issues and pull requests by number. */
  readonly issues: Map<number, Issue>;
  /** The pull requests that a commit came with. */
  readonly pulls: Map<string, { number: number; merged_at: string | null; merge_commit_sha: string | null }[]>;
  readonly asked: Asked[];
  /** What is answered instead; null for the real answer. */
  answer: ((asked: Asked) => { status: number; message: string } | null) | null;
  /** Opens a pull request, or an issue of somebody. */
  open(kind: 'pull' | 'issue', login?: string, body?: string): Issue;
  say(number: number, body: string, login?: string): Post;
}

const LONGEST = 65_536; // characters of a comment or an issue

export async function startGitHub(): Promise<StandIn> {
  const issues: StandIn['issues'] = new Map();
  const pulls: StandIn['pulls'] = new Map();
  const asked: Asked[] = [];
  let ids = 1000;

  function open(kind: 'pull' | 'issue', login = 'octocat', body = ''): Issue {
    const number = issues.size + 1;
    const pull = kind === 'pull' ? { pull_request: {} } : {};
    const issue: Issue = { id: ids++, number, user: { login }, body, title: '', state: 'open', comments: [], ...pull };
    issues.set(number, issue);
    return issue;
  }

  function say(number: number, body: string, login = 'octocat'): Post {
    const post = { id: ids++, user: { login }, body };
    issues.get(number)!.comments.push(post);
    return post;
  }

  function serve(
    method: string,
    url: URL,
    body: Record<string, string>,
  ): { status: number; value: unknown; next?: boolean } {
    // An Enterprise Server has its REST API below /api/v3, and GraphQL beside it.
    const path = url.pathname.replace(/^\/api(\/v3)?(?=\/)/, '').replace('/repos/octo/lists', '');
    const page = <T>(all: readonly T[]) => {
      const size = Number(url.searchParams.get('per_page') ?? 30);
      const from = (Number(url.searchParams.get('page') ?? 1) - 1) * size;
      return { status: 200, value: all.slice(from, from + size), next: all.length > from + size };
    };
    if (body.body !== undefined && body.body.length > LONGEST) return { status: 422, value: { message: 'too long' } };
    const [, number, comments] = /^\/issues\/(\d+)(\/comments)?$/.exec(path) ?? [];
    const issue = issues.get(Number(number));
    if (path === '/graphql') return { status: 200, value: { data: { viewer: { login: WORKFLOW } } } };
    if (issue && comments && method === 'GET') return page(issue.comments);
    if (issue && comments) return { status: 201, value: say(issue.number, body.body!, WORKFLOW) };
    if (issue && method === 'PATCH') return { status: 200, value: Object.assign(issue, body) };
    if (path === '/issues' && method === 'POST') {
      return { status: 201, value: Object.assign(open('issue', WORKFLOW), { title: body.title, body: body.body }) };
    }
    if (path === '/issues') {
      const state = url.searchParams.get('state');
      return page([...issues.values()].filter((each) => each.state === state).reverse());
    }
    const [, comment] = /^\/issues\/comments\/(\d+)$/.exec(path) ?? [];
    if (comment && method === 'PATCH') {
      const post = [...issues.values()].flatMap((each) => each.comments).find(({ id }) => id === Number(comment));
      return post
        ? { status: 200, value: Object.assign(post, body) }
        : { status: 404, value: { message: 'Not Found' } };
    }
    const [, commit] = /^\/commits\/(\w+)\/pulls$/.exec(path) ?? [];
    if (commit) return { status: 200, value: pulls.get(commit) ?? [] };
    return { status: 404, value: { message: 'Not Found' } };
  }

  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { method = '', url: path = '', headers } = request;
    const one: Asked = { method, path, authorization: headers.authorization ?? '' };
    asked.push(one);
    const instead = standIn.answer?.(one);
    const url = new URL(path, standIn.url);
    const { status, value, next } = instead
      ? { status: instead.status, value: { message: instead.message }, next: false }
      : serve(method, url, text === '' ? {} : JSON.parse(text));
    if (next) {
      url.searchParams.set('page', String(Number(url.searchParams.get('page') ?? 1) + 1));
      response.setHeader('link', `<${url}>; rel="next"`);
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  later(() => {
    server.close();
    server.closeAllConnections();
  });
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    issues,
    pulls,
    asked,
    answer: null,
    open,
    say,
  };
  return standIn;
}
