const started = performance.now();

/** What happened to the messages and in the world, with the second of the campaign in which it happened. */
export class History {
  readonly #lines: { readonly about: string; readonly line: string }[] = [];

  note(about: string, what: string): void {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    this.#lines.push({ about, line: `${seconds.padStart(7)} ${what}` });
  }

  /** The lines about one message, and the faults that were injected meanwhile. */
  of(text: string, otherwise = 'world'): readonly string[] {
    const own = this.#lines.findIndex(({ about }) => about === text);
    const until = this.#lines.findLastIndex(({ about }) => about === text);
    return this.#lines.flatMap(({ about, line }, index) => {
      if (about === text) return [line];
      return about === otherwise && index > own - 20 && index < until + 40 ? [`${line} (world)`] : [];
    });
  }

  all = (): readonly string[] => this.#lines.map(({ about, line }) => `${line} [${about}]`);
}
