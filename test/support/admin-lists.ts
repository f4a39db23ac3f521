/** What admins read about the service without naming anything of it, below `/v1/admin`. */
export const adminLists: readonly string[] = [
  'projections',
  'system',
  'processes',
  'parked',
  'damaged-events',
  'jobs',
  'jobs/media-files',
  'api-log',
  'events',
  'events/export',
];
