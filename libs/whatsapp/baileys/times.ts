import { toNumber } from '@whiskeysockets/baileys';

/** The end of the year 9999: ISO 8601 has no plain form for later times. */
const endOfTimeSeconds = 253_402_300_800;

/** A time (ISO 8601) from WhatsApp's seconds. Where there is none, or nonsense, it is now. */
export const timeFromSeconds = (given: Parameters<typeof toNumber>[0] | string | undefined): string => {
  const seconds = typeof given === 'string' ? Number(given) : toNumber(given);
  const isTime = seconds > 0 && seconds < endOfTimeSeconds;
  return new Date(isTime ? seconds * 1000 : Date.now()).toISOString();
};

/** A time (ISO 8601) from milliseconds; null where there is none, or nonsense. */
export const timeFromMilliseconds = (given: Parameters<typeof toNumber>[0]): string | null => {
  const milliseconds = toNumber(given);
  const isTime = milliseconds > 0 && milliseconds < endOfTimeSeconds * 1000;
  return isTime ? new Date(milliseconds).toISOString() : null;
};
