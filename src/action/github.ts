/** What the action asks of GitHub's REST API. The only user of its client. */

import { getOctokit } from '@actions/github';
import { retry } from '@octokit/plugin-retry';
import { InvalidError } from '../model/errors.ts';

/** A comment or an issue that this very user or app wrote: what others wrote proves nothing. */
export interface Post {
  readonly id: number;
  readonly body: string;
}

export interface GitHub {
  /** Comments on a pull request, the oldest first. */
  comments(pull: number): Promise<readonly Post[]>;
  createComment(number: number, body: string): Promise<void>;
  updateComment(id: number, body: string): Promise<void>;
  /** The merged pull request that this commit came with, or null. */
  mergedPull(commit: string): Promise<number | null>;
  /** Issues, the last updated first; of the closed ones the last hundred. */
  issues(state: 'open' | 'closed'): Promise<readonly Post[]>;
  createIssue(issue: { readonly title: string; readonly body: string }): Promise<void>;
  updateIssue(number: number, change: { title?: string; body: string; state?: 'closed' }): Promise<void>;
}

const PAGE = 100;

/** @throws InvalidError if there is no token. */
export function openGitHub(token: string, repo: { readonly owner: string; readonly repo: string }): GitHub {
  if (token === '') throw new InvalidError('github-token: is empty, and the comment or the issue needs one');
  const octokit = getOctokit(token, {}, retry);
  const { issues, repos } = octokit.rest;
  let name: Promise<string> | undefined;

  /** Who this token is. Only GraphQL tells it for the token of a workflow. */
  async function author(): Promise<string> {
    name ??= octokit
      .graphql<{ viewer: { login: string } }>('query { viewer { login } }')
      .then(({ viewer }) => viewer.login);
    return name;
  }

  async function own<T extends { body?: string | null | undefined; user: { login: string } | null }>(
    posts: readonly T[],
    id: (post: T) => number,
  ): Promise<Post[]> {
    const login = await author();
    return posts.filter(({ user }) => user?.login === login).map((post) => ({ id: id(post), body: post.body ?? '' }));
  }

  return {
    async comments(pull) {
      const all = await octokit.paginate(issues.listComments, { ...repo, issue_number: pull, per_page: PAGE });
      return own(all, ({ id }) => id);
    },
    async createComment(number, body) {
      await issues.createComment({ ...repo, issue_number: number, body });
    },
    async updateComment(id, body) {
      await issues.updateComment({ ...repo, comment_id: id, body });
    },
    async mergedPull(commit) {
      const { data } = await repos.listPullRequestsAssociatedWithCommit({ ...repo, commit_sha: commit });
      const merged = data.filter(({ merged_at }) => merged_at);
      const pull = merged.find(({ merge_commit_sha }) => merge_commit_sha === commit) ?? merged[0];
      return pull?.number ?? null;
    },
    async issues(state) {
      const query = { ...repo, state, sort: 'updated', direction: 'desc', per_page: PAGE } as const;
      const all =
        state === 'open' ? await octokit.paginate(issues.listForRepo, query) : (await issues.listForRepo(query)).data;
      return own(
        all.filter(({ pull_request }) => !pull_request),
        ({ number }) => number,
      );
    },
    async createIssue(issue) {
      await issues.create({ ...repo, ...issue });
    },
    async updateIssue(number, change) {
      const reason = change.state === 'closed' ? { state_reason: 'completed' as const } : {};
      await issues.update({ ...repo, issue_number: number, ...change, ...reason });
    },
  };
}
