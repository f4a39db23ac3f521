import { eventually } from './eventually.js';

/** A public event, as far as tests read it. */
export type LiveEvent = {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly userId: string;
  readonly sessionId: string | null;
  readonly session: { readonly id: string; readonly name: string | null; readonly phoneNumber: string | null } | null;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any;
};

/** A client of Server-Sent Events that remembers what it got. */
export class EventStreamClient {
  readonly events: LiveEvent[] = [];
  /** Where it goes on. */
  lastId: string | undefined;
  /** Why the service ended it. */
  end: { readonly code: string } | undefined;
  isOver = false;
  heartbeats = 0;

  private constructor(
    private readonly response: Response,
    private readonly cutting: AbortController,
  ) {
    void this.read();
  }

  /** Throws the answer where it is not a stream. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStreamClient> {
    const cutting = new AbortController();
    const response = await fetch(url, { headers, signal: cutting.signal });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return new EventStreamClient(response, cutting);
  }

  header(name: string): string | null {
    return this.response.headers.get(name);
  }

  types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  /** The first event of a type that passes, as soon as it is there. */
  async until(type: string, passes: (event: LiveEvent) => boolean = () => true): Promise<LiveEvent> {
    const found = await eventually(
      () => this.events.find((event) => event.type === type && passes(event)) ?? (false as const),
    );
    return found;
  }

  cut(): void {
    this.cutting.abort();
  }

  private async read(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body!) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
    } catch {
      // cut, by either side
    }
    this.isOver = true;
  }

  private take(block: string): void {
    const lines = block.split('\n');
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    if (block.startsWith(': ')) this.heartbeats += 1;
    const data = field('data');
    if (data !== undefined && field('event') === 'end') this.end = JSON.parse(data) as { readonly code: string };
    else if (data !== undefined) this.events.push(JSON.parse(data) as LiveEvent);
    this.lastId = field('id') ?? this.lastId;
  }
}
