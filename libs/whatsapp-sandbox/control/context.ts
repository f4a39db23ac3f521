import type { Phone } from '../phone/phone.js';
import type { Sandbox } from '../sandbox.js';
import { digitsOf } from '../network/address.js';
import { ControlError } from './problem.js';

/** Dependencies of the routes. */
export type ControlContext = {
  /** The current sandbox; a restart replaces it. */
  readonly sandbox: () => Sandbox;
  /** Rejects with a ControlError if a restart is in progress or the sandbox has no state file. */
  readonly restart: (downMs: number) => Promise<void>;
};

/** Finds a phone by its number, in any notation. Throws 404 if there is none. */
export function requirePhone({ sandbox }: ControlContext, number: string): Phone {
  const phone = sandbox().phones.get(number);
  if (!phone) throw new ControlError(404, 'phone_not_found', `no phone has the number ${number}`);
  return phone;
}

/** Normalizes a phone number to digits. Throws 400 if it is not one. */
export function parseNumber(number: string): string {
  const digits = digitsOf(number);
  if (digits === undefined) throw new ControlError(400, 'invalid_argument', `${number} is not a phone number`);
  return digits;
}
