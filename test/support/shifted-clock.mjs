// Preloaded into the service: moves its wall clock by the milliseconds in a file, which a test may change at any time.
import { readFileSync } from 'node:fs';

const file = process.env.WAYBILL_TEST_CLOCK;
const readEveryMs = 20;
const RealDate = Date;
const monotonic = performance.now.bind(performance);
let shiftMs = 0;
let readAt = -Infinity;

const now = () => {
  if (monotonic() - readAt > readEveryMs) {
    readAt = monotonic();
    try {
      shiftMs = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      // not written yet
    }
  }
  return RealDate.now() + shiftMs;
};

function ShiftedDate(...args) {
  if (!new.target) return new RealDate(now()).toString();
  return Reflect.construct(RealDate, args.length > 0 ? args : [now()], new.target);
}
Object.setPrototypeOf(ShiftedDate, RealDate);
ShiftedDate.prototype = RealDate.prototype;
ShiftedDate.now = now;
if (file) globalThis.Date = ShiftedDate;
