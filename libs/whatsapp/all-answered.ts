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

/** The answer about one number. @throws {QueryFailed} WhatsApp left it out. */
export const answerFor = (phoneNumber: string, checks: readonly NumberCheck[]): NumberCheck => {
  const answer = checks.find((check) => check.phoneNumber === phoneNumber);
  if (answer) return answer;
  throw new QueryFailed(null, 'WhatsApp did not answer whether it knows the number');
};
