import { defineContext } from '../platform/context-definition.js';
import { mediaDecider } from './media.decider.js';

/** The files that users send and receive. */
export const mediaContext = defineContext({ name: 'media', deciders: [mediaDecider] });
