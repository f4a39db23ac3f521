import Sequencer from '@jest/test-sequencer';

/** Suites that take long, by a part of their path: the longest first. */
const long = [
  'test/faults/campaign/',
  'test/faults/killed/',
  'test/whatsapp/baileys-adapter',
  'test/eventstoredb/contract',
  'test/faults/messages.',
  'test/faults/stores-away',
  'test/features/sessions-qr',
  'test/faults/',
  'test/whatsapp/',
  'test/features/',
];

const rankOf = ({ path }) => {
  const rank = long.findIndex((part) => path.includes(part));
  return rank === -1 ? long.length : rank;
};

/**
 * Starts long suites first, so that none of them is left running alone at the end. Jest does that by itself where it has run all before, and by
 * the size of files where it has not.
 */
export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    if (sorted.every(({ duration }) => duration !== undefined)) return sorted;
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
