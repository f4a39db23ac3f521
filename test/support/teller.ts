import { saga, type Command, type Saga } from '#lib/event-sourcing';
import { reactor, type SagaContext, type Subscription } from '#lib/subscriptions';
import { counterCodec, counterEvents, type CounterEvent } from './counters.js';
import { quiet } from './stores.js';

export type Tell = Command<'Tell', { readonly counterId: string; readonly by: number }>;

type Options = Partial<Pick<Saga<CounterEvent>, 'startFrom' | 'keyOf'>> & {
  /** Default: all. */
  readonly tells?: (bump: CounterEvent['data']) => boolean;
};

/** A saga that tells bumps of a counter. */
export const teller = ({ tells = () => true, ...options }: Options = {}): Saga =>
  saga<CounterEvent, Tell>({
    name: 'teller',
    startFrom: 'beginning',
    from: [counterEvents],
    ...options,
    on: { CounterBumped: ({ data }) => (tells(data) ? [{ type: 'Tell', data }] : []) },
  });

const retry = { maxAttempts: 3, firstWaitMs: 1, maxWaitMs: 5 };

/** The subscription of a saga, not started, with short retries. */
export const tellerOn = (
  { store, sagaProgress }: Pick<SagaContext, 'store' | 'sagaProgress'>,
  dispatch: (tell: Tell) => Promise<void>,
  of: Saga = teller(),
): Subscription =>
  reactor(of, { store, sagaProgress, codec: counterCodec, log: quiet, retry }, (command) => dispatch(command as Tell));

/** What was told, as `a1` for a bump of counter a by 1. */
export const notebook = () => {
  const told: string[] = [];
  const tell = async ({ data: { counterId, by } }: Tell): Promise<void> => void told.push(`${counterId}${by}`);
  return { told, tell };
};

/** Something to wait for until the test opens it. */
export const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};
