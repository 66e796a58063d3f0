import { readWaived } from '../governance/gate/waived.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { GateCommand } from './gate.ts';

export interface GateSwitches {
  readonly model?: string;
  readonly version?: string;
  readonly waive?: string;
}

export function gateCommand({ model, version, waive = '' }: GateSwitches): Result<GateCommand, string> {
  if (model === undefined || version === undefined)
    return failure('gate needs --model, the name of a ModelRisk, and --version (gate --model credit-default --version 2.4.0)');
  const waived = readWaived(waive);
  return waived.ok ? success({ kind: 'Gate', model, version, waive: waived.value }) : failure(`--waive ${waived.failure}`);
}
