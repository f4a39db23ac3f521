/** The files of the embedded stores in the data directory. */
export const dataFiles = {
  events: 'events.db',
  views: 'views.db',
  sagas: 'sagas.db',
  secrets: 'secrets.db',
  credentials: 'credentials.db',
} as const;
