import { defineContext } from '../platform/context-definition.js';
import { EraseFilesEffect } from './erase-files.effect.js';
import { erasedFilesSaga } from './erased-files.saga.js';
import { CleanExpiredFilesEffect } from './cleaning/clean-expired-files.effect.js';
import { expiredFilesSaga } from './cleaning/expired-files.saga.js';
import { namedFilesProjection } from './cleaning/named-files.projection.js';
import { neededFilesProjection } from './cleaning/needed-files.projection.js';
import { mediaDecider } from './media.decider.js';
import { mediaFilesProjection } from './media-files.projection.js';

/** The files that users send and receive. */
export const mediaContext = defineContext({
  name: 'media',
  deciders: [mediaDecider],
  projections: [mediaFilesProjection, neededFilesProjection, namedFilesProjection],
  sagas: [erasedFilesSaga, expiredFilesSaga],
  effects: { EraseFiles: EraseFilesEffect, CleanExpiredFiles: CleanExpiredFilesEffect },
});
