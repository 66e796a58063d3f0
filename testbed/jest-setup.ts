import { coordinatesOf } from './cluster-access.ts';
import { controlPlaneVariable } from './connect.ts';
import { startControlPlane } from './control-plane.ts';
import { keepForTeardown } from './jest-teardown.ts';

/** Starts the one control plane of an integration run. Workers start afterwards and inherit the variable. */
async function startSharedControlPlane(): Promise<void> {
  const plane = await startControlPlane();
  process.env[controlPlaneVariable] = JSON.stringify(coordinatesOf(plane));
  keepForTeardown(() => plane.stop());
}

export { startSharedControlPlane as default };
