import { readFile } from 'node:fs/promises';

/** What the kernel says a process has used. */
export interface ProcessUsage {
  readonly residentMiB: number;
  /** Of all its threads, since it began. */
  readonly cpuSeconds: number;
}

/** Of every Linux on machines Node runs on (`getconf CLK_TCK`). */
const ticksPerSecond = 100;

/** The texts of `/proc/PID/status` and `/proc/PID/stat`. */
export function parseUsage(status: string, stat: string): ProcessUsage {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  // The name stands in parentheses and may hold anything, so counting begins behind the last one: there field 3 comes first.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [userTicks, systemTicks] = [fields[11], fields[12]];
  if (kibibytes === undefined || userTicks === undefined || systemTicks === undefined)
    throw new Error('/proc does not say what the process used: this bench needs Linux');
  return { residentMiB: Number(kibibytes) / 1024, cpuSeconds: (Number(userTicks) + Number(systemTicks)) / ticksPerSecond };
}

export async function usageOf(pid: number): Promise<ProcessUsage> {
  const [status, stat] = await Promise.all([readFile(`/proc/${pid}/status`, 'utf8'), readFile(`/proc/${pid}/stat`, 'utf8')]);
  return parseUsage(status, stat);
}
