/** The issue about drift: every drift is reported, and no job changes the issue of another job. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { HastyClock } from '../stories/clock.ts';
import { uk, yamlOf } from '../stories/harness.ts';
import type { Step } from './runner.ts';
import { BOT, openScene, type Scene } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});

const drift = (inputs: Step['inputs'] = {}, event = scene.github.repository.start('schedule')) =>
  scene.run('drift', event, { issue: 'true', arguments: '--settle=0', ...inputs });
const issues = () => [...scene.github.issues.values()];
const states = () => issues().map(({ state }) => state);

describe('an issue that a user has closed', () => {
  test('is forgotten after the drift ended, so that the same drift opens a new issue', async () => {
    await drift();
    issues()[0]!.state = 'closed';
    expect((await drift()).log).toContain('the issue #1 was closed, and the drift has not changed since');
    scene.api.sandbox.set(BOT, uk(3));
    await drift();
    scene.api.sandbox.set(BOT, []);
    expect((await drift()).log).toContain('opened an issue');
    expect(states()).toEqual(['closed', 'open']);
  });

  test('is forgotten after another drift is reported, even if a user changes it', async () => {
    await drift();
    issues()[0]!.state = 'closed';
    scene.api.sandbox.set(BOT, uk(1));
    await drift();
    issues()[1]!.state = 'closed';
    scene.api.sandbox.set(BOT, []);
    expect((await drift()).log).toContain('opened an issue');
    expect(states()).toEqual(['closed', 'closed', 'open']);
  });

  test('keeps its text when it is forgotten', async () => {
    await drift();
    const [issue] = issues();
    issue!.state = 'closed';
    const text = issue!.body.split('\n').slice(1);
    scene.api.sandbox.set(BOT, uk(3));
    await drift();
    expect(issue!.body.split('\n').slice(1)).toEqual(text);
    expect(issue!.body.split('\n')[0]).toContain('"fingerprint":null');
  });

  test('is not forgotten while a bot cannot be read', async () => {
    await drift();
    issues()[0]!.state = 'closed';
    const fault = () => ({ status: 404 });
    const unread = await openScene({ fault });
    await scene.run('drift', { name: 'schedule' }, { issue: 'true', arguments: '--settle=0' }, { api: unread.api });
    expect((await drift()).log).toContain('was closed, and the drift has not changed since');
  });
});

describe('jobs of one run', () => {
  beforeEach(() => {
    writeFileSync(join(scene.cwd, 'a.yaml'), yamlOf({ 'bot-a': uk(1) }));
    writeFileSync(join(scene.cwd, 'b.yaml'), yamlOf({ 'bot-b': uk(1) }));
  });

  test.each<[string, Step['inputs'], Step['inputs']]>([
    ['paths', { paths: 'a.yaml' }, { paths: 'b.yaml' }],
    ['bots', { paths: 'a.yaml\nb.yaml', bots: 'bot-a' }, { paths: 'a.yaml\nb.yaml', bots: 'bot-b' }],
    ['a shard', { paths: 'a.yaml\nb.yaml', shard: '2/2' }, { paths: 'a.yaml\nb.yaml', shard: '1/2' }],
    ['an environment', { paths: 'a.yaml', environment: 'one' }, { paths: 'b.yaml', environment: 'two' }],
  ])('that differ in %s have an issue each', async (_, one, other) => {
    scene.api.sandbox.set('bot-b', uk(1));
    const first = await drift(one);
    const second = await drift(other);
    const drifted = [first, second].filter(({ outputs }) => outputs.outcome === 'changes');
    expect(drifted).toHaveLength(1);
    expect(states()).toEqual(['open']);
    scene.api.sandbox.set('bot-b', []);
    await drift(one);
    await drift(other);
    expect(states()).toEqual(['open', 'open']);
    scene.api.sandbox.set('bot-a', uk(1));
    await drift(one);
    await drift(other);
    expect(states().sort()).toEqual(['closed', 'open']);
    expect(new Set(issues().map(({ title }) => title.replace(/^.*bot/, ''))).size).toBe(2);
  });

  test('with the same inputs in another form share one', async () => {
    await drift({ paths: 'a.yaml\nb.yaml' });
    await drift({ paths: '  b.yaml\n\n a.yaml \n a.yaml' });
    expect(issues()).toHaveLength(1);
    expect(issues()[0]!.title).toMatch(/ \(default: a\.yaml, b\.yaml\)$/);
  });

  test('share one if only their files define other bots', async () => {
    await drift({ paths: 'a.yaml' });
    writeFileSync(join(scene.cwd, 'a.yaml'), yamlOf({ 'bot-a': uk(1), 'bot-c': uk(1) }));
    await drift({ paths: 'a.yaml' });
    expect(issues()).toHaveLength(1);
  });
});

test('a drift of a commit that is not the head of its branch does not change the issue', async () => {
  await drift();
  const old = scene.github.repository.start('schedule');
  scene.github.repository.push();
  scene.api.sandbox.set(BOT, uk(3));
  const { log, code } = await drift({}, old);
  expect(code).toBe(0);
  expect(log).toMatch(/the issue was not changed: \w{7} was not the head of main when this run began/);
  expect(states()).toEqual(['open']);
});

test('a drift is reported if the branch changes while the lists are read', async () => {
  const clock = new HastyClock();
  const { sleep } = clock;
  clock.sleep = (ms, signal) => {
    if (ms > 60_000) scene.github.repository.push();
    return sleep(ms, signal);
  };
  const event = scene.github.repository.start('schedule');
  const { log } = await scene.run('drift', event, { issue: 'true' }, { clock });
  expect(scene.github.repository.head()).not.toBe(event.sha);
  expect(log).toContain('opened an issue');
});
