/** The commands that read JSON reports. The compiled schema of reports is larger than all other code. */
export { drift } from '../../commands/drift/drift.ts';
export { importLists } from '../../commands/import/import.ts';
export { show } from '../../commands/show.ts';
