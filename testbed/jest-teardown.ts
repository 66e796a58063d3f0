type Stop = () => Promise<void>;

// jest loads set-up and teardown as separate modules, so what one hands the other has to lie on the process.
const slot = Symbol.for('modelrisk.testbed.stop');
const holder = process as unknown as { [slot]?: Stop };

export function keepForTeardown(stop: Stop): void {
  holder[slot] = stop;
}

/** Stops what the set-up started; a set-up that failed left nothing to stop. */
async function stopSharedControlPlane(): Promise<void> {
  await holder[slot]?.();
}

export { stopSharedControlPlane as default };
