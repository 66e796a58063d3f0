import { coordinatesOf } from './cluster-access.ts';
import { controlPlaneVariable } from './connect.ts';
import { startControlPlane } from './control-plane.ts';
import { installProduct } from './install.ts';
import { keepForTeardown } from './jest-teardown.ts';

/** Starts the one control plane of an end-to-end run and installs the product on it as shipped. */
async function startInstalledControlPlane(): Promise<void> {
  const plane = await startControlPlane();
  keepForTeardown(() => plane.stop());
  await installProduct(plane);
  process.env[controlPlaneVariable] = JSON.stringify(coordinatesOf(plane));
}

export { startInstalledControlPlane as default };
