import { defineContext } from '../platform/context-definition.js';
import { EraseFilesEffect } from './erase-files.effect.js';
import { erasedFilesSaga } from './erased-files.saga.js';
import { neededFilesProjection } from './cleaning/needed-files.projection.js';
import { mediaDecider } from './media.decider.js';
import { mediaFilesProjection } from './media-files.projection.js';

/** The files that users send and receive. */
export const mediaContext = defineContext({
  name: 'media',
  deciders: [mediaDecider],
  projections: [mediaFilesProjection, neededFilesProjection],
  sagas: [erasedFilesSaga],
  effects: { EraseFiles: EraseFilesEffect },
});
