import { describe } from '@jest/globals';
import type { Place } from '../support/saga-progress/place.js';
import { crashCases } from './saga-progress/crash.cases.js';
import { parkingCases } from './saga-progress/parking.cases.js';
import { recordingCases } from './saga-progress/recording.cases.js';

/** What every adapter of the progress of sagas must do. `newPlace` creates an empty place. */
export const sagaProgressContract = (name: string, newPlace: () => Promise<Place>): void => {
  describe(`progress of sagas in ${name}`, () => {
    describe('recording', () => {
      recordingCases(newPlace);
    });
    describe('parked events', () => {
      parkingCases(newPlace);
    });
    describe('a crash', () => {
      crashCases(newPlace);
    });
  });
};
