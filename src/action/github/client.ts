/** Reads from and writes to GitHub's REST API. Only this file uses GitHub's client library. */
import { getOctokit } from '@actions/github';
import { InvalidError } from '../../model/errors.ts';
import { isAmbiguous, makePatient, type Patience, type Trouble } from './patience.ts';

/** A comment, or an issue with its number as id, by the owner of the token. Posts of other users cannot be trusted. */
export interface Post {
  readonly id: number;
  readonly body: string;
}

/** A pull request. Facts that GitHub does not return are undefined. */
export interface Pull {
  readonly number: number;
  readonly merged: boolean;
  /** The commit of the merge: a merge commit, the squashed commit, or the last rebased commit. */
  readonly mergeCommit: string | null;
  /** The target branch. */
  readonly base: string | undefined;
  /** The newest commit of its source branch. */
  readonly head: string | undefined;
}

/** The commits of a branch after one of its commits. */
interface Later {
  readonly commits: ReadonlySet<string>;
  /** The time of that one commit in UTC, as GitHub writes it; empty if GitHub does not return it. */
  readonly since: string;
}

export type GitHub = ReturnType<typeof openGitHub>;

const PAGE = 100;
const MOST_PULLS = 300;
const MOST_COMMITS = 1000;

interface Connection {
  readonly token: string;
  readonly baseUrl: string;
  /** OWNER/NAME. */
  readonly repository: string;
  readonly patience: Patience;
}

/** Opens the client. @throws InvalidError if there is no token. */
export function openGitHub({ token, baseUrl, repository, patience }: Connection) {
  if (token === '') throw new InvalidError('github-token: is empty; set it to a token, which this step needs');
  const [owner = '', name = ''] = repository.split('/');
  const repo = { owner, repo: name };
  const octokit = getOctokit(token, { baseUrl });
  const patient = makePatient(patience);
  octokit.hook.wrap('request', (request, options) => {
    const isSafe = options.method !== 'POST' || options.url.endsWith('/graphql');
    return patient(async (signal) => {
      const response = await request({ ...options, request: { ...options.request, signal } });
      const { data } = response;
      // A page of a proxy must not count as an empty list.
      if (!isJson(data)) throw Object.assign(new Error('the answer is not JSON'), { status: 502 });
      // GraphQL reports its rate limit with the status 200.
      const [trouble] = (data as { errors?: { type?: string; message: string }[] }).errors ?? [];
      if (trouble?.type !== 'RATE_LIMITED') return response;
      throw Object.assign(new Error(trouble.message), { status: 403, response });
    }, isSafe);
  });
  const { issues, repos, pulls } = octokit.rest;
  let login: Promise<string> | undefined;

  type Found = Pick<Post, 'id'> & { body?: string | null | undefined; user: { login: string } | null };
  async function own(posts: readonly Found[]): Promise<Post[]> {
    // Only GraphQL returns the owner of a workflow's token.
    login ??= octokit
      .graphql<{ viewer: { login: string } }>('query { viewer { login } }')
      .then(({ viewer }) => viewer.login);
    const owner = await login;
    return posts.filter(({ user }) => user?.login === owner).map(({ id, body }) => ({ id, body: body ?? '' }));
  }

  return {
    /** Returns the newest commit of a branch; null if there is no such branch. */
    async headOf(branch: string): Promise<string | null> {
      return orNull(async () => (await repos.getBranch({ ...repo, branch })).data.commit.sha);
    },
    /**
     * Returns the commits of `head` after `base`, and when `base` was made; null if `head` does not contain it.
     *
     * @throws if there are more than 1,000.
     */
    async commitsSince(base: string, head: string): Promise<Later | null> {
      const commits = new Set<string>();
      for (let page = 1; page <= MOST_COMMITS / PAGE; page++) {
        const range = { basehead: `${base}...${head}`, per_page: PAGE, page };
        const { data } = await repos.compareCommitsWithBasehead({ ...repo, ...range });
        if (data.status !== 'ahead' && data.status !== 'identical') return null;
        for (const { sha } of data.commits) commits.add(sha);
        if (data.commits.length < PAGE) return { commits, since: data.base_commit?.commit?.committer?.date ?? '' };
      }
      throw new Error(`more than ${MOST_COMMITS} commits follow this one`);
    },
    /** Returns the pull requests of a commit. Shortly after a merge, GitHub may not return them yet. */
    async pullsOf(commit: string): Promise<readonly Pull[]> {
      const query = { ...repo, commit_sha: commit, per_page: PAGE };
      return (await repos.listPullRequestsAssociatedWithCommit(query)).data.map(pullOf);
    },
    /**
     * Returns the pull requests that were merged into a branch, the last updated first.
     *
     * @param since all that were merged after this time must be found; without it, the last 300 are enough.
     * @throws if they are not all among the last 300.
     */
    async mergedInto(branch: string, since?: string): Promise<readonly Pull[]> {
      const query = { state: 'closed', base: branch, sort: 'updated', direction: 'desc', per_page: PAGE } as const;
      const found: Pull[] = [];
      for (let page = 1; page <= MOST_PULLS / PAGE; page++) {
        const { data } = await pulls.list({ ...repo, ...query, page });
        found.push(...data.map(pullOf).filter(({ merged }) => merged));
        if (data.length < PAGE || (since && data.at(-1)!.updated_at < since)) return found;
      }
      if (since === undefined) return found;
      throw new Error(`more than ${MOST_PULLS} pull requests have changed since`);
    },
    /** Returns a pull request as it is now; null if the token may not see it. */
    async pull(number: number): Promise<{ readonly head: string; readonly open: boolean } | null> {
      return orNull(async () => {
        const { head, state } = (await pulls.get({ ...repo, pull_number: number })).data;
        return { head: head.sha, open: state === 'open' };
      });
    },
    /** Returns the comments on a pull request, the oldest first. */
    async comments(pull: number): Promise<readonly Post[]> {
      return own(await octokit.paginate(issues.listComments, { ...repo, issue_number: pull, per_page: PAGE }));
    },
    async createComment(number: number, body: string): Promise<void> {
      await issues.createComment({ ...repo, issue_number: number, body });
    },
    async updateComment(id: number, body: string): Promise<void> {
      await issues.updateComment({ ...repo, comment_id: id, body });
    },
    /** Returns the issues, the last updated first; of the closed ones the last hundred. */
    async issues(state: 'open' | 'closed'): Promise<readonly Post[]> {
      const query = { ...repo, state, sort: 'updated', direction: 'desc', per_page: PAGE } as const;
      const all =
        state === 'open' ? await octokit.paginate(issues.listForRepo, query) : (await issues.listForRepo(query)).data;
      return own(all.filter(({ pull_request }) => !pull_request).map((issue) => ({ ...issue, id: issue.number })));
    },
    async createIssue(issue: { readonly title: string; readonly body: string }): Promise<void> {
      await issues.create({ ...repo, ...issue });
    },
    async updateIssue(number: number, change: { title?: string; body: string; state?: 'closed' }): Promise<void> {
      const reason = change.state === 'closed' ? { state_reason: 'completed' as const } : {};
      await issues.update({ ...repo, issue_number: number, ...change, ...reason });
    },
    /** Runs work that finds a post and then writes it. If the write may have taken effect, runs the work again. */
    async repeat<T>(work: () => Promise<T>): Promise<T> {
      for (let attempt = 1; ; attempt++) {
        try {
          return await work();
        } catch (error) {
          if (attempt === 3 || !isAmbiguous(error) || patience.stop.aborted) throw error;
          await patience.clock.sleep(attempt * 1000, patience.stop);
        }
      }
    },
  };
}

type ListedPull = Awaited<
  ReturnType<ReturnType<typeof getOctokit>['rest']['repos']['listPullRequestsAssociatedWithCommit']>
>['data'][number];

function pullOf({ number, merged_at, merge_commit_sha, base, head }: ListedPull): Pull {
  return { number, merged: Boolean(merged_at), mergeCommit: merge_commit_sha, base: base?.ref, head: head?.sha };
}

const isJson = (data: unknown) => typeof data === 'object' && data !== null && !(data instanceof ArrayBuffer);

async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if ((error as Trouble).status === 404) return null;
    throw error;
  }
}
