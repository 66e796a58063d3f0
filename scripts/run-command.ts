import { spawn } from 'node:child_process';

export interface CommandOutcome {
  readonly code: number;
  readonly output: string;
}

/** Runs one command from the repository root with this Node; output is shown as it comes and returned whole. */
export function runCommand(
  command: string,
  commandArguments: readonly string[],
  environment: Record<string, string> = {},
): Promise<CommandOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
    const parts: string[] = [];
    for (const [stream, sink] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        parts.push(text);
        sink.write(text);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code: code ?? 1, output: parts.join('') });
    });
  });
}

export function nodeTool(path: string): readonly [string, string] {
  return [process.execPath, `node_modules/${path}`];
}
