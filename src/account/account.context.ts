import { defineContext } from '../platform/context-definition.js';
import { blockListDecider } from './block-list.decider.js';

/** What the accounts show of themselves, and whom they block. */
export const accountContext = defineContext({ name: 'account', deciders: [blockListDecider] });
