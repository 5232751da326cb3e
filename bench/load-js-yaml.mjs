// Parses a desired state with js-yaml in its own process, and checks nothing.
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';

const { bots } = load(readFileSync(process.argv[2], 'utf8'));
console.log(Object.values(bots).reduce((sum, { numbers }) => sum + numbers.length, 0));
