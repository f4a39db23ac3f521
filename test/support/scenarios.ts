/** What several tests have in common that need a restart of the service and can share one. Each has users and phones of its own. */
export type Scenario = {
  readonly before?: () => Promise<unknown>;
  /** Once all others are prepared: what would be over otherwise. */
  readonly justBefore?: () => Promise<unknown>;
  /** While the service is down. */
  readonly meanwhile?: () => Promise<unknown>;
  /** As soon as the service is up again. */
  readonly onceBack?: () => Promise<unknown>;
  /** The test itself. */
  readonly after: () => Promise<void>;
};

/** Does one part of all scenarios, side by side. */
export const together = async (
  scenarios: Readonly<Record<string, Scenario>>,
  part: Exclude<keyof Scenario, 'after'>,
): Promise<void> => {
  await Promise.all(Object.values(scenarios).map(async (scenario) => scenario[part]?.()));
};
