/**
 * A stand-in for GitHub's REST API with a real socket: comments, issues, and a repository with its pull
 * requests.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { later } from '../later.ts';
import { type Issue, type Post, Repository } from './repository.ts';

export const WORKFLOW = 'github-actions[bot]';

/** One request, in the order of arrival. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
}

/** An answer instead of the real one. `done`: the API does the request anyway. */
export interface Instead {
  readonly status: number;
  readonly message?: string;
  readonly value?: unknown;
  /** The body instead of JSON. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly done?: boolean;
}

export interface StandIn {
  readonly url: string;
  readonly repository: Repository;
  /** Issues and pull requests by number. */
  readonly issues: Map<number, Issue>;
  readonly asked: Asked[];
  /** Returns null for the real answer, `hang` for no answer. */
  answer: ((asked: Asked) => Instead | 'hang' | null | Promise<null>) | null;
  /** Opens a pull request into `main` or another branch. */
  pull(base?: string): Issue;
  /** Opens an issue by a user. */
  issue(login: string, body: string): Issue;
  say(number: number, body: string, login?: string): Post;
}

const LONGEST = 65_536; // characters of a comment or an issue

type Served = { readonly status: number; readonly value: unknown; readonly next?: boolean };
const NOT_FOUND: Served = { status: 404, value: { message: 'Not Found' } };

export async function startGitHub(): Promise<StandIn> {
  const issues: StandIn['issues'] = new Map();
  const repository = new Repository();
  const asked: Asked[] = [];
  let ids = 1000;

  function open(login: string, body: string, kind: Partial<Issue> = {}): Issue {
    const number = issues.size + 1;
    const issue: Issue = { id: ids++, number, user: { login }, body, title: '', state: 'open', comments: [], ...kind };
    issues.set(number, issue);
    return issue;
  }

  function say(number: number, body: string, login = 'octocat'): Post {
    const post = { id: ids++, user: { login }, body };
    issues.get(number)!.comments.push(post);
    return post;
  }

  function serve(method: string, url: URL, body: Record<string, string>): Served {
    // An Enterprise Server has its REST API at /api/v3, and GraphQL at /api/graphql.
    const path = decodeURIComponent(url.pathname)
      .replace(/^\/api(\/v3)?(?=\/)/, '')
      .replace('/repos/octo/lists', '');
    const page = (all: readonly unknown[]) => {
      const size = Number(url.searchParams.get('per_page') ?? 30);
      const from = (Number(url.searchParams.get('page') ?? 1) - 1) * size;
      return { status: 200, value: all.slice(from, from + size), next: all.length > from + size };
    };
    if (body.body !== undefined && body.body.length > LONGEST) return { status: 422, value: { message: 'too long' } };
    const found = repository.serve(path, url.searchParams);
    if (found?.list) return page(found.list);
    if (found) return found.one ? { status: 200, value: found.one } : NOT_FOUND;
    const [, number, comments] = /^\/issues\/(\d+)(\/comments)?$/.exec(path) ?? [];
    const issue = issues.get(Number(number));
    if (path === '/graphql') return { status: 200, value: { data: { viewer: { login: WORKFLOW } } } };
    if (issue && comments && method === 'GET') return page(issue.comments);
    if (issue && comments) return { status: 201, value: say(issue.number, body.body!, WORKFLOW) };
    if (issue && method === 'PATCH') return { status: 200, value: Object.assign(issue, body) };
    if (path === '/issues' && method === 'POST') {
      return { status: 201, value: Object.assign(open(WORKFLOW, body.body!), { title: body.title }) };
    }
    if (path === '/issues') {
      const state = url.searchParams.get('state');
      return page([...issues.values()].filter((each) => each.state === state).reverse());
    }
    const [, comment] = /^\/issues\/comments\/(\d+)$/.exec(path) ?? [];
    const post = [...issues.values()].flatMap((each) => each.comments).find(({ id }) => id === Number(comment));
    return post && method === 'PATCH' ? { status: 200, value: Object.assign(post, body) } : NOT_FOUND;
  }

  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url: path = '', headers } = request;
    const one: Asked = { method, path, authorization: headers.authorization ?? '' };
    asked.push(one);
    const instead = (await standIn.answer?.(one)) ?? null;
    if (instead === 'hang') return;
    const url = new URL(path, standIn.url);
    const served = !instead || instead.done ? serve(method, url, body === '' ? {} : JSON.parse(body)) : null;
    if (instead) {
      const { status, message, value = { message }, text = JSON.stringify(value) } = instead;
      return send(response, status, text, instead.headers);
    }
    const { status, value, next } = served!;
    if (next) {
      url.searchParams.set('page', String(Number(url.searchParams.get('page') ?? 1) + 1));
      response.setHeader('link', `<${url}>; rel="next"`);
    }
    send(response, status, JSON.stringify(value));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  later(() => {
    server.close();
    server.closeAllConnections();
  });
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    repository,
    issues,
    asked,
    answer: null,
    pull(base = 'main') {
      const issue = open('octocat', '', { pull_request: {} });
      repository.pull(issue, base);
      return issue;
    },
    issue: (login, body) => open(login, body),
    say,
  };
  return standIn;
}

function send(response: ServerResponse, status: number, text: string, headers: Instead['headers'] = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}
