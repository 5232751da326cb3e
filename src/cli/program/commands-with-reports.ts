/** The commands that read JSON reports. The compiled schema of reports is larger than the code of all commands. */
export { drift } from '../../commands/drift/drift.ts';
export { importLists } from '../../commands/import/import.ts';
export { show } from '../../commands/show.ts';
