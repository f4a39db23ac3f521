/** The files of the embedded stores in the data directory. */
export const dataFiles = {
  events: 'events.db',
  views: 'views.db',
  sagas: 'sagas.db',
  secrets: 'secrets.db',
  credentials: 'credentials.db',
  requests: 'requests.db',
} as const;

/** The directory of the users' files in the data directory. */
export const mediaDirectory = 'media';

/** Where the views may be, for messages to the operator. */
export const viewPlaces = `${dataFiles.views}, or the database of MONGODB_URI`;

/** Where the sagas' progress may be, for messages to the operator. */
export const sagaPlaces = `${dataFiles.sagas}, or the database of MONGODB_URI`;

/** Where the log may be, for messages to the operator. */
export const logPlaces = `${dataFiles.events}, or the server of EVENTSTORE_URL`;
