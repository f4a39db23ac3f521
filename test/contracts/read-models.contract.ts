import { describe } from '@jest/globals';
import type { Place } from '../support/read-models/place.js';
import { applyingCases } from './read-models/applying.cases.js';
import { findingCases } from './read-models/finding.cases.js';
import { openingCases } from './read-models/opening.cases.js';
import { pagingCases } from './read-models/paging.cases.js';
import { parkingCases } from './read-models/parking.cases.js';
import { randomCases } from './read-models/random.cases.js';
import { rebuildingCases } from './read-models/rebuilding.cases.js';

/** What every adapter of the views must do. `newPlace` makes an empty place that views can be opened in. */
export const readModelsContract = (name: string, newPlace: () => Promise<Place>): void => {
  describe(`views in ${name}`, () => {
    describe('opening', () => {
      openingCases(newPlace);
    });
    describe('applying', () => {
      applyingCases(newPlace);
    });
    describe('parked events', () => {
      parkingCases(newPlace);
    });
    describe('finding', () => {
      findingCases(newPlace);
    });
    describe('paging', () => {
      pagingCases(newPlace);
    });
    describe('rebuilding', () => {
      rebuildingCases(newPlace);
    });
    describe('against a plain model', () => {
      randomCases(newPlace);
    });
  });
};
