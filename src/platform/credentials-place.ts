import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { dataFiles } from './data-files.js';
import type { StoresConfig } from './stores.js';

/** Where the credentials of WhatsApp sessions are. */
export const credentialsPlace = ({ WAYBILL_DATA_DIR: directory, MONGODB_URI: uri }: StoresConfig) =>
  uri === undefined ? { file: join(directory, dataFiles.credentials) } : { mongodb: { uri, as: randomUUID() } };
