import { defineContext } from '../platform/context-definition.js';
import { EraseFilesEffect } from './erase-files.effect.js';
import { erasedFilesSaga } from './erased-files.saga.js';
import { mediaDecider } from './media.decider.js';

/** The files that users send and receive. */
export const mediaContext = defineContext({
  name: 'media',
  deciders: [mediaDecider],
  sagas: [erasedFilesSaga],
  effects: { EraseFiles: EraseFilesEffect },
});
