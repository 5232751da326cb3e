/** Words the outcome of a run, with a tone. All numbers in it are counts. */
import type { Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { compared } from './compared.ts';
import { edited, formatted, imported, initialized } from './files.ts';
import { answered, checked, failed, listed, liveListed } from './reading.ts';
import type { RunVerdict } from './tones.ts';

export { TONES } from './tones.ts';

/** Words the outcome of a run. `dress` marks foreign text and commands within our own words. */
export function verdict(report: Report, clean: Sanitizer, dress: (text: string) => string = String): RunVerdict {
  switch (report.kind) {
    case 'failure':
      return failed(report);
    case 'check':
      return checked(report);
    case 'list':
      return listed(report, clean, dress);
    case 'live':
      return liveListed(report);
    case 'answer':
      return answered(report);
    case 'format':
      return formatted(report);
    case 'edit':
      return edited(report);
    case 'init':
      return initialized(report);
    case 'import':
      return imported(report);
    default:
      return compared(report, clean, dress);
  }
}
