/** Runs before each file of tests. */
import { afterAll } from 'vitest';
import { clearUp } from './later.ts';

afterAll(clearUp);
