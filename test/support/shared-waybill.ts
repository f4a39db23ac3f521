import { SandboxClient } from './sandbox-client.js';
import { WaybillClient } from './waybill-client.js';

export type { WaybillClient };

/** Where the shared service and its sandbox are, and a token of the first owner that lasts for ten minutes at least. */
export type Lent = {
  readonly url: string;
  readonly sandbox: { readonly url: string; readonly controlUrl: string };
  readonly token: string;
};

/**
 * One service and sandbox for all specs of a run that need none of their own: that look at nothing but what belongs to users, sessions and phones
 * that they make themselves. Its limits for all together are out of reach, and URLs of users may lead to 127.0.0.1. Jest starts it for the first
 * who asks, and ends it: see `config/shared-waybill`.
 */
export const sharedWaybill = async (): Promise<WaybillClient> => {
  const lender = process.env['WAYBILL_TEST_LENDER'];
  if (lender === undefined) throw new Error('Only Jest’s project `system` has a service that specs share');
  const answer = await fetch(lender);
  if (!answer.ok) throw new Error(`The shared service has not started: ${await answer.text()}`);
  const { url, sandbox, token } = (await answer.json()) as Lent;
  return WaybillClient.at(url, new SandboxClient(sandbox.url, sandbox.controlUrl), token);
};
