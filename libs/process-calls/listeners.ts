type Listener = (news: never) => void;

/** Who listens to which topic in this process. */
export class Listeners {
  private readonly byTopic = new Map<string, Listener[]>();

  /** `failed`: what a listener threw. The others hear the news all the same. */
  constructor(private readonly failed: (error: unknown, topic: string) => void) {}

  add(topic: string, listener: Listener): void {
    this.byTopic.set(topic, [...(this.byTopic.get(topic) ?? []), listener]);
  }

  tell(topic: string, news: unknown): void {
    for (const listener of this.byTopic.get(topic) ?? []) {
      try {
        (listener as (news: unknown) => void)(news);
      } catch (error) {
        this.failed(error, topic);
      }
    }
  }
}
