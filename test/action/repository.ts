/** A repository on GitHub as the action reads it: branches, pull requests and their merges. */
import { createHash } from 'node:crypto';

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

export interface Pull {
  readonly issue: Issue;
  /** Its own commits, the oldest first. */
  commits: string[];
  readonly base: string;
  mergedAt: string | null;
  mergeCommit: string | null;
}

/** The facts with which the runner starts a step. */
export interface Happened {
  readonly name: string;
  readonly sha: string;
  readonly ref: string;
  readonly payload: object;
}

export type Method = 'merge' | 'squash' | 'rebase';

let commits = 0;
/** Makes a unique commit id. Its first seven characters are never all digits, as these are shortened to six. */
export const makeCommit = () => `c${createHash('sha1').update(`commit ${commits++}`).digest('hex').slice(1)}`;

export class Repository {
  /** The commits of each branch, the oldest first. */
  readonly branches = new Map([['main', [makeCommit()]]]);
  readonly pulls = new Map<number, Pull>();
  /** The pull request that added a commit to a branch. */
  readonly #origins = new Map<string, number>();
  #time = Date.UTC(2026, 0, 1);

  pull(issue: Issue, base: string): Pull {
    const pull: Pull = { issue, commits: [makeCommit()], base, mergedAt: null, mergeCommit: null };
    this.pulls.set(issue.number, pull);
    return pull;
  }

  head(branch = 'main'): string {
    return this.branches.get(branch)!.at(-1)!;
  }

  /** The event of a push to a pull request, or of its opening. */
  pullEvent({ number }: Pick<Issue, 'number'>, push = false, from = 'octo/lists'): Happened {
    const pull = this.pulls.get(number)!;
    if (push) pull.commits.push(makeCommit());
    const head = { sha: pull.commits.at(-1)!, repo: { full_name: from } };
    const payload = { pull_request: { number, head } };
    return { name: 'pull_request', sha: makeCommit(), ref: `refs/pull/${number}/merge`, payload };
  }

  /** Merges pull requests with one push: one by the button, or several by a queue. */
  merge(issues: Pick<Issue, 'number'> | readonly Pick<Issue, 'number'>[], how: Method = 'squash'): Happened {
    const merged = [issues].flat().map((each) => this.pulls.get((each as Issue).number)!);
    const { base } = merged[0]!;
    const pushed = merged.flatMap((pull) => {
      const commit = makeCommit();
      const brought = { merge: [...pull.commits, commit], squash: [commit], rebase: pull.commits.map(makeCommit) }[how];
      pull.mergeCommit = brought.at(-1)!;
      pull.mergedAt = new Date(this.#time++).toISOString();
      pull.issue.state = 'closed';
      for (const each of brought) this.#origins.set(each, pull.issue.number);
      return brought;
    });
    return this.push(base, ...pushed);
  }

  /** Adds commits to a branch without a pull request: new ones, or those of another branch. */
  push(branch = 'main', ...pushed: string[]): Happened {
    const all = this.branches.get(branch) ?? [this.branches.get('main')![0]!];
    this.branches.set(branch, all);
    all.push(...(pushed.length > 0 ? pushed : [makeCommit()]));
    const ids = all.slice(-Math.max(1, pushed.length)).map((id) => ({ id }));
    const ref = `refs/heads/${branch}`;
    return { name: 'push', sha: all.at(-1)!, ref, payload: { ref, commits: ids } };
  }

  /** Removes the newest commits of a branch. */
  forcePush(branch: string, away: number): void {
    this.branches.get(branch)!.splice(-away, away, makeCommit());
  }

  /** A run by hand or on a schedule, at the newest commit of that time. */
  start(name: 'workflow_dispatch' | 'schedule', branch = 'main'): Happened {
    return { name, sha: this.head(branch), ref: `refs/heads/${branch}`, payload: {} };
  }

  /** The check of a queue before it merges. */
  mergeGroup(): Happened {
    const sha = makeCommit();
    const ref = `refs/heads/gh-readonly-queue/main/pr-1-${this.head()}`;
    return { name: 'merge_group', sha, ref, payload: { action: 'checks_requested', merge_group: { head_sha: sha } } };
  }

  /** Returns the answer of the REST API for a path; undefined if the path is not of this repository. */
  serve(
    path: string,
    query: URLSearchParams,
  ): { readonly list?: readonly unknown[]; readonly one?: object | null } | undefined {
    const [, branch] = /^\/branches\/(.+)$/.exec(path) ?? [];
    if (branch) return { one: this.branches.has(branch) ? { name: branch, commit: { sha: this.head(branch) } } : null };
    const [, commit] = /^\/commits\/(\w+)\/pulls$/.exec(path) ?? [];
    if (commit) return { list: [this.#origins.get(commit)].flatMap((number) => (number ? this.#view(number) : [])) };
    const [, number] = /^\/pulls\/(\d+)$/.exec(path) ?? [];
    if (number) return { one: this.pulls.has(Number(number)) ? this.#view(Number(number)) : null };
    if (path === '/pulls') {
      const closed = [...this.pulls.values()].filter(({ base, mergedAt }) => mergedAt && base === query.get('base'));
      const sorted = closed.sort((a, b) => b.mergedAt!.localeCompare(a.mergedAt!));
      return { list: sorted.map(({ issue }) => this.#view(issue.number)) };
    }
    const [, base, head] = /^\/compare\/(\w+)\.\.\.(\w+)$/.exec(path) ?? [];
    return base && head ? { one: this.#compare(base, head, query) } : undefined;
  }

  #view(number: number) {
    const { issue, commits, base, mergedAt, mergeCommit } = this.pulls.get(number)!;
    const ends = { merged_at: mergedAt, updated_at: mergedAt, merge_commit_sha: mergeCommit };
    return { number, state: issue.state, base: { ref: base }, head: { sha: commits.at(-1) }, ...ends };
  }

  #compare(base: string, head: string, query: URLSearchParams) {
    const line = [...this.branches.values()].find((all) => all.includes(head)) ?? [];
    const [from, to] = [line.indexOf(base), line.indexOf(head)];
    if (from < 0) return { status: 'diverged', total_commits: 1, commits: [{ sha: head }] };
    const since = line.slice(from + 1, to + 1).map((sha) => ({ sha }));
    const [page, size] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 250)];
    const commits = since.slice((page - 1) * size, page * size);
    const base_commit = { commit: { committer: { date: this.pulls.get(this.#origins.get(base) ?? 0)?.mergedAt } } };
    return { status: since.length > 0 ? 'ahead' : 'identical', total_commits: since.length, commits, base_commit };
  }
}
