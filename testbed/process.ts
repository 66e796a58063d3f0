import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessOptions {
  /** What a message calls it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the parent's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  /** Asked every 50 ms until it answers true; a rejection counts as "not yet". */
  readonly ready?: () => Promise<boolean>;
  readonly readyTimeoutMs?: number;
}

export interface ProcessExit {
  /** 128 + the signal's number when a signal ended it. */
  readonly code: number;
}

/** A child and its descendants in a process group of their own, which ends when this process does, however it does. */
export interface ManagedProcess {
  readonly name: string;
  /** Of the program itself, not of its supervisor: what SIGSTOP and `/proc` need. */
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<ProcessExit>;
  /** Sends a signal to the program alone; one that has ended is left alone. */
  signal(signal: NodeJS.Signals): void;
  /** TERM to the program (to what it leaves behind, when it has ended), KILL to the whole group after the deadline. Answers once the program is gone. */
  stop(deadlineMs?: number): Promise<ProcessExit>;
}

/**
 * `sh` runs the program and keeps its standard input as a line to us: when that closes (our end, even by SIGKILL), the
 * watchdog ends the group. The program's id goes to file descriptor 4, its own input is empty.
 */
const supervisor = `
exec 3<&0
"$@" 3<&- 4>&- </dev/null &
program=$!
echo "$program" >&4
exec 4>&- 2>/dev/null
trap : TERM INT HUP
(
  trap '' TERM INT HUP
  while read -r line <&3; do :; done
  kill -TERM -$$
  n=0
  while [ $n -lt 50 ] && kill -0 "$program" 2>/dev/null; do sleep 0.1; n=$((n + 1)); done
  kill -KILL -$$
) >/dev/null 2>&1 &
watchdog=$!
exec 3<&-
while :; do
  wait "$program"
  code=$?
  kill -0 "$program" 2>/dev/null || break
done
kill -KILL "$watchdog" 2>/dev/null
trap '' TERM
kill -TERM -$$
exit "$code"
`;

/** Starts the program; with `ready`, answers once it is. Throws with the end of the log when it ends or stays silent before that. */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  const log = openSync(options.logFile, 'a');
  const child = spawn('sh', ['-c', supervisor, 'supervisor', options.command, ...options.args], {
    detached: true,
    stdio: ['pipe', log, log, 'ignore', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  closeSync(log);
  child.stdin?.on('error', () => undefined);
  const exited = new Promise<ProcessExit>((resolve) => {
    child.on('error', () => {
      resolve({ code: 127 });
    });
    child.on('exit', (code) => {
      resolve({ code: code ?? 137 });
    });
  });
  const pid = await readProgramId(child, options);
  const managed: ManagedProcess = {
    name: options.name,
    pid,
    logFile: options.logFile,
    exited,
    signal: (signal) => {
      if (child.exitCode === null && child.signalCode === null) sendSignal(pid, signal);
    },
    stop: (deadlineMs = 10_000) => stopGroup({ child, pid, exited, deadlineMs }),
  };
  if (options.ready !== undefined) await waitUntilReady(managed, options, options.ready);
  return managed;
}

async function readProgramId(child: ChildProcess, options: ProcessOptions): Promise<number> {
  const pipe = child.stdio[4];
  if (pipe === null || pipe === undefined || !('on' in pipe)) throw new Error(`${options.name}: the supervisor has no pipe`);
  const text = await new Promise<string>((resolve) => {
    let received = '';
    pipe.on('data', (chunk: Buffer) => (received += chunk.toString('utf8')));
    pipe.on('close', () => {
      resolve(received);
    });
  });
  const pid = Number.parseInt(text, 10);
  if (Number.isNaN(pid)) throw new Error(`${options.name}: ${options.command} could not be started, see ${options.logFile}`);
  return pid;
}

async function waitUntilReady(managed: ManagedProcess, options: ProcessOptions, ready: () => Promise<boolean>): Promise<void> {
  const timeoutMs = options.readyTimeoutMs ?? 30_000;
  const deadline = performance.now() + timeoutMs;
  const state = { ended: false };
  void managed.exited.then(() => (state.ended = true));
  while (performance.now() < deadline && !state.ended) {
    if (await ready().catch(() => false)) return;
    await delay(50);
  }
  const timedOut = !state.ended;
  const exit = await managed.stop(2_000);
  const what = timedOut ? `was not ready after ${String(timeoutMs)} ms` : `ended with code ${String(exit.code)}`;
  throw new Error(`${options.name} ${what}; the end of ${options.logFile}:\n${await endOfLog(options.logFile)}`);
}

interface Group {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  readonly deadlineMs: number;
}

async function stopGroup({ child, pid, exited, deadlineMs }: Group): Promise<ProcessExit> {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const group = -child.pid;
    sendSignal(pid, 'SIGTERM');
    // A stopped program would never see TERM.
    sendSignal(pid, 'SIGCONT');
    const abort = new AbortController();
    const tooLate = delay(deadlineMs, null, { signal: abort.signal }).then(
      () => {
        sendSignal(group, 'SIGKILL');
      },
      () => undefined,
    );
    await Promise.race([exited, tooLate]);
    abort.abort();
  }
  const exit = await exited;
  child.stdin?.destroy();
  return exit;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function endOfLog(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '(no log)');
  return text.trim().split('\n').slice(-12).join('\n');
}
