import type { Phone } from '../phone/phone.js';
import type { Sandbox } from '../sandbox.js';
import { digitsOf } from '../network/address.js';
import { Refusal } from './problem.js';

/** What the routes stand on. */
export type Context = {
  /** The sandbox of the moment: a restart puts another one in its place. */
  readonly sandbox: () => Sandbox;
  /** Rejects with a Refusal while one is under way, and where nothing would be kept. */
  readonly restart: (downMs: number) => Promise<void>;
};

/** The phone with that number, in any notation. */
export function phoneOf({ sandbox }: Context, number: string): Phone {
  const phone = sandbox().phones.get(number);
  if (!phone) throw new Refusal(404, 'phone_not_found', `there is no phone with number ${number}`);
  return phone;
}

/** Digits only, as the sandbox itself writes numbers. */
export function plainNumber(number: string): string {
  const digits = digitsOf(number);
  if (digits === undefined) throw new Refusal(400, 'invalid_argument', `${number} is no phone number`);
  return digits;
}
