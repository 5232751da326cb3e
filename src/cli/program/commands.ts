/** All that runs a command. It is one module, as a further file of the bundle takes longer to load than a command. */
export { apply } from '../../commands/apply/apply.ts';
export { add } from '../../commands/edit/add.ts';
export { remove } from '../../commands/edit/remove.ts';
export { explain } from '../../commands/explain/explain.ts';
export { fmt } from '../../commands/fmt.ts';
export { init } from '../../commands/init/init.ts';
export { list } from '../../commands/list.ts';
export { plan } from '../../commands/plan/plan.ts';
export { validate } from '../../commands/validate.ts';
export { knownNames } from '../completion/known-names.ts';
export { invoke, printChange, reportUsage, serveSandbox } from '../invoke.ts';
