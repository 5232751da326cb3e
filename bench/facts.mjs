// Loaded into a measured Node process if GNU time is missing: writes peak memory (KiB), user and system seconds.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.BENCH_FACTS, `${peak() ?? maxRSS} ${userCPUTime / 1e6} ${systemCPUTime / 1e6}`);
});

/** On Linux, maxRSS of a child includes the parent's peak; VmHWM is the process's own. */
function peak() {
  try {
    return /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
