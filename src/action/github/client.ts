/** What the action reads from and writes to GitHub's REST API. The only user of its client. */

import { getOctokit } from '@actions/github';
import { retry } from '@octokit/plugin-retry';
import { InvalidError } from '../model/errors.ts';

/** A comment, or an issue with its number as its id, by the owner of the token. Those of others prove nothing. */
export interface Post {
  readonly id: number;
  readonly body: string;
}

export type GitHub = ReturnType<typeof openGitHub>;

const PAGE = 100;

/** @throws InvalidError if there is no token. */
export function openGitHub(token: string, repo: { readonly owner: string; readonly repo: string }) {
  if (token === '') throw new InvalidError('github-token: is empty, and the comment or the issue needs one');
  const octokit = getOctokit(token, {}, retry);
  const { issues, repos } = octokit.rest;
  let login: Promise<string> | undefined;

  type Found = Pick<Post, 'id'> & { body?: string | null | undefined; user: { login: string } | null };
  async function own(posts: readonly Found[]): Promise<Post[]> {
    // Only GraphQL tells the owner of a workflow's token.
    login ??= octokit
      .graphql<{ viewer: { login: string } }>('query { viewer { login } }')
      .then(({ viewer }) => viewer.login);
    const owner = await login;
    return posts.filter(({ user }) => user?.login === owner).map(({ id, body }) => ({ id, body: body ?? '' }));
  }

  return {
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
    /** Returns the merged pull request that this commit came with, or null. */
    async mergedPull(commit: string): Promise<number | null> {
      const { data } = await repos.listPullRequestsAssociatedWithCommit({ ...repo, commit_sha: commit });
      const merged = data.filter(({ merged_at }) => merged_at);
      const pull = merged.find(({ merge_commit_sha }) => merge_commit_sha === commit) ?? merged[0];
      return pull?.number ?? null;
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
  };
}
