import type { Receiver } from '../api/risk-policy.ts';
import type { SecretReader } from '../kube/secret-reader.ts';
import type { NoticeMessage } from '../notifications/notice.ts';
import type { Credential, DeliveryFailure, NoticeSender } from '../notifications/sender.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

/** How messages leave the process. */
export interface DeliveryWays {
  readonly sender: NoticeSender;
  readonly readSecret: SecretReader;
}

interface ReceiverAddress {
  readonly url: string;
  readonly timeoutSeconds: number;
  readonly secretRef?: { readonly name: string; readonly key: string; readonly use: Credential['use'] };
}

function addressOf(receiver: Receiver): ReceiverAddress {
  if ('alertmanager' in receiver) return receiver.alertmanager;
  const { secretRef, ...address } = 'webhook' in receiver ? receiver.webhook : receiver.cloudEvents;
  return secretRef === undefined ? address : { ...address, secretRef };
}

/** Posts one message to a receiver of a policy, with the secret as it is now. */
export async function deliver(
  { sender, readSecret }: DeliveryWays,
  receiver: Receiver,
  { id, message }: { readonly id: string; readonly message: NoticeMessage },
): Promise<Result<null, DeliveryFailure>> {
  const { url, timeoutSeconds, secretRef } = addressOf(receiver);
  const credential = secretRef === undefined ? success(null) : await credentialOf(readSecret, secretRef);
  if (!credential.ok) return failure({ message: credential.failure, retryAfterMs: null, isAnswer: true });
  return sender.send({ url, timeoutMs: timeoutSeconds * 1000, urlPlace: 'the RiskPolicy', credential: credential.value, id, message });
}

async function credentialOf(
  readSecret: SecretReader,
  { name, key, use }: NonNullable<ReceiverAddress['secretRef']>,
): Promise<Result<Credential, string>> {
  const secret = await readSecret(name, key);
  return secret.ok ? success({ use, secret: secret.value }) : secret;
}
