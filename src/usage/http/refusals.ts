/** What a period may be refused for, as documented. */
export const refusals = {
  unknownTimeZone: { status: 422, code: 'unknown_time_zone', detail: 'Mars/Olympus is no time zone of the IANA' },
  periodInvalid: { status: 422, code: 'period_invalid', detail: 'The period ends before it begins' },
  periodTooLong: { status: 422, code: 'period_too_long', detail: 'A period may have up to 400 days' },
} as const;
