import { WA_CERT_DETAILS } from '@whiskeysockets/baileys';
import { startSandbox, type Sandbox, type SandboxOptions } from '#lib/whatsapp-sandbox';

/** Starts a sandbox and makes the clients of this process trust its root key. */
export async function startTrustedSandbox(options?: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  WA_CERT_DETAILS.PUBLIC_KEY.set(sandbox.rootPublicKey);
  return sandbox;
}
