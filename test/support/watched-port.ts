/** The same port, where each call of one of its methods is told first. The call waits for the promise that `told` may return. */
export const watched = <Port extends object, Name extends keyof Port & string>(
  port: Port,
  name: Name,
  told: (
    ...args: Port[Name] extends (...args: infer Args) => unknown ? Args : never
  ) => Promise<void> | undefined | void,
): Port =>
  new Proxy(port, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: Parameters<typeof told>): unknown => {
        const call = (): unknown => Reflect.apply(value, target, args);
        const before = key === name ? told(...args) : undefined;
        return before ? before.then(call) : call();
      };
    },
  });
