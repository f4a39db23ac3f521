type Listener = (news: never) => void;

/** Who listens to which topic in this process. */
export class Listeners {
  private readonly byTopic = new Map<string, Listener[]>();

  add(topic: string, listener: Listener): void {
    this.byTopic.set(topic, [...(this.byTopic.get(topic) ?? []), listener]);
  }

  tell(topic: string, news: unknown): void {
    for (const listener of this.byTopic.get(topic) ?? []) (listener as (news: unknown) => void)(news);
  }
}
