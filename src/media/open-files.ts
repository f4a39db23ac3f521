import { join } from 'node:path';
import type { Config } from '#config';
import type { MediaFiles } from '#lib/media-files';
import { openMediaDirectory } from '#lib/media-files/directory';
import { mediaDirectory } from '../platform/data-files.js';

/** Injects `MediaFiles`. */
export const MEDIA_FILES = Symbol('media files');

/** The files of users, in the data directory. @throws {MediaFilesUnavailable} */
export const openFiles = ({ WAYBILL_DATA_DIR: directory }: Pick<Config, 'WAYBILL_DATA_DIR'>): Promise<MediaFiles> =>
  openMediaDirectory(join(directory, mediaDirectory));
