import { describe } from '@jest/globals';
import type { ViewsFixture } from '../support/read-models/fixture.js';
import { applyingCases } from './read-models/applying.cases.js';
import { findingCases } from './read-models/finding.cases.js';
import { indexingCases } from './read-models/indexing.cases.js';
import { joiningCases } from './read-models/joining.cases.js';
import { openingCases } from './read-models/opening.cases.js';
import { ownersCases } from './read-models/owners.cases.js';
import { pagingCases } from './read-models/paging.cases.js';
import { parkingCases } from './read-models/parking.cases.js';
import { randomCases } from './read-models/random.cases.js';
import { rebuildingCases } from './read-models/rebuilding.cases.js';

/** The contract of the views, for every adapter. `randomRuns`: how many random histories are compared with a simple model. */
export const readModelsContract = (
  name: string,
  newFixture: () => Promise<ViewsFixture>,
  { randomRuns = 150 }: { readonly randomRuns?: number } = {},
): void => {
  describe(`views in ${name}`, () => {
    describe('opening', () => {
      openingCases(newFixture);
    });
    describe('applying', () => {
      applyingCases(newFixture);
    });
    describe('of owners who are gone', () => {
      ownersCases(newFixture);
    });
    describe('documents that are shown as one', () => {
      joiningCases(newFixture, randomRuns);
    });
    describe('parked events', () => {
      parkingCases(newFixture);
    });
    describe('finding', () => {
      findingCases(newFixture);
    });
    describe('paging', () => {
      pagingCases(newFixture);
    });
    describe('making indexes', () => {
      indexingCases(newFixture);
    });
    describe('rebuilding', () => {
      rebuildingCases(newFixture);
    });
    describe('random batches', () => {
      randomCases(newFixture, randomRuns);
    });
  });
};
