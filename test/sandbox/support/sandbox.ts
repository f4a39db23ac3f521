import { WA_CERT_DETAILS } from '@whiskeysockets/baileys';
import { startSandbox, type Sandbox, type SandboxOptions } from '#lib/whatsapp-sandbox';

/** A sandbox whose authority the clients of this process trust from now on. Those that do not check signatures do not care. */
export async function startTrustedSandbox(options?: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  WA_CERT_DETAILS.PUBLIC_KEY.set(sandbox.rootPublicKey);
  return sandbox;
}
