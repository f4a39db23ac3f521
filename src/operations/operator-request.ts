import { z } from 'zod';
import { OperatorError } from '#lib/operator-error';
import type { Repair } from '../platform/log-repairs.js';

export const usage = `usage:
  npm run admin                                            where Waybill is, and the first admin
  npm run admin -- list                                    all admins
  npm run admin -- create EMAIL [owner|admin|auditor]      a new admin (owner unless another role is named)
  npm run admin -- reset-password [EMAIL]                  a new password; without EMAIL, that of the only owner
  npm run admin -- unlock [EMAIL]                          ends the lockouts after wrong passwords
  npm run admin -- pass-over POSITION REASON               goes on without a damaged event of the log; for the record
  npm run admin -- renew secrets.db|credentials.db         a new store in the place of a lost one, while the service is stopped
A password is generated and printed. To set it yourself, pass it on standard input and add --stdin.
`;

/** What the operator typed, and the password that came on standard input, if one did. */
export const OperatorRequest = z.strictObject({ words: z.array(z.string()).max(10), password: z.string().optional() });
export type OperatorRequest = z.output<typeof OperatorRequest>;

/** The command cannot be carried out; the message says why. */
export class OperatorRefused extends OperatorError {
  override readonly name = 'OperatorRefused';
}

/** What the operator is told when it is done. */
export const passedOverLine = ({ position }: Repair): string =>
  `Event ${position} is passed over. That is on record, with the reason.`;

/** What the operator decided about a damaged event. @throws {OperatorRefused} */
export const repairFrom = ([position = '', ...reason]: readonly string[]): Repair => {
  if (!/^[1-9]\d{0,15}$/.test(position) || reason.length === 0) throw new OperatorRefused(usage);
  return { position: Number(position), reason: reason.join(' '), actor: { kind: 'system', id: 'operator' } };
};
