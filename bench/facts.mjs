// Loaded into a measured Node process where GNU time is missing: writes peak memory (KiB), user and system seconds.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.BENCH_FACTS, `${peak() ?? maxRSS} ${userCPUTime / 1e6} ${systemCPUTime / 1e6}`);
});

/** Linux hands the parent's peak down to a child in maxRSS; VmHWM is the process's own. */
function peak() {
  try {
    return /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
