import { QueryFailed } from './errors.js';
import type { NumberCheck } from './port.js';

/** The answers about numbers, where each of them must be known. @throws {QueryFailed} WhatsApp left one out. */
export const allAnswered = (
  phoneNumbers: readonly string[],
  checks: readonly NumberCheck[],
): readonly NumberCheck[] => {
  const answered = new Set(checks.map(({ phoneNumber }) => phoneNumber));
  if (phoneNumbers.every((phoneNumber) => answered.has(phoneNumber))) return checks;
  throw new QueryFailed(null, 'WhatsApp did not answer for all numbers whether it knows them');
};
