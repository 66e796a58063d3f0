import type { Coordinates } from './cluster-access.ts';
import { controlPlaneVariable } from './connect.ts';
import { startControlPlane } from './control-plane.ts';
import { keepForTeardown } from './jest-teardown.ts';

/** Starts the one control plane of an integration run. Workers start afterwards and inherit the variable. */
export default async function startSharedControlPlane(): Promise<void> {
  const { server, caFile, adminToken, kubeconfig, directory, auditLog, kubectlCommand, stop } = await startControlPlane();
  const coordinates: Coordinates = { server, caFile, adminToken, kubeconfig, directory, auditLog, kubectlCommand };
  process.env[controlPlaneVariable] = JSON.stringify(coordinates);
  keepForTeardown(stop);
}
