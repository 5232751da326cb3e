import { describe, expect, test } from 'vitest';
import { refuseExposingSwitches } from '../../src/api/node-switches.ts';
import { InvalidError } from '../../src/model/errors.ts';

const faultsOf = (env: Readonly<Record<string, string>>) => {
  try {
    refuseExposingSwitches(env);
    return [];
  } catch (error) {
    return (error as InvalidError).faults.map(({ message }) => message);
  }
};

describe('a variable with which Node exposes tokens', () => {
  test.each([
    [{ NODE_DEBUG: 'http' }, /^NODE_DEBUG makes Node print requests with their tokens; unset it, and use --debug/],
    [{ NODE_DEBUG: 'child_process' }, /^NODE_DEBUG /],
    [{ NODE_DEBUG: '*' }, /^NODE_DEBUG /],
    [{ NODE_DEBUG_NATIVE: 'TLS' }, /^NODE_DEBUG_NATIVE /],
    [{ NODE_OPTIONS: '--inspect' }, /^NODE_OPTIONS contains --inspect, which exposes tokens; remove it/],
    [{ NODE_OPTIONS: '--max-old-space-size=512 --inspect-brk=0.0.0.0:9229' }, /--inspect-brk,/],
    [{ NODE_OPTIONS: '"--trace_tls"' }, /--trace-tls,/],
    [{ NODE_OPTIONS: '--tls-keylog=/tmp/keys' }, /--tls-keylog,/],
    [{ NODE_OPTIONS: '--report-uncaught-exception' }, /--report-uncaught-exception,/],
    [{ NODE_OPTIONS: '--heapsnapshot-signal=SIGUSR2' }, /--heapsnapshot-signal,/],
  ])('%o is refused', (env, says) => {
    expect(faultsOf(env)).toEqual([expect.stringMatching(says)]);
  });

  test('is reported together with all others', () => {
    expect(faultsOf({ NODE_DEBUG: 'net', NODE_OPTIONS: '--inspect --trace-tls' })).toHaveLength(3);
  });
});

test.each<Record<string, string>>([
  {},
  { NODE_DEBUG: '', NODE_OPTIONS: '' },
  { DEBUG: '*' }, // no dependency reads it
  { NODE_OPTIONS: '--max-old-space-size=512 --trace-warnings --enable-source-maps --require ./apm.js' },
  { NODE_OPTIONS: '--report-dir=/tmp --stack-trace-limit=50' },
])('%o is accepted', (env) => {
  expect(faultsOf(env)).toEqual([]);
});

test('the error is one of usage, so that the exit code is 6', () => {
  expect(() => refuseExposingSwitches({ NODE_DEBUG: 'http' })).toThrow(InvalidError);
});
