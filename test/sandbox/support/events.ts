export type ServerEvent = { readonly event: string; readonly data: unknown };

/** Records Server-Sent Events. Resolves once the stream is open. */
export async function listen(url: string): Promise<{ readonly events: readonly ServerEvent[]; stop(): Promise<void> }> {
  const aborter = new AbortController();
  const response = await fetch(url, { signal: aborter.signal });
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    throw new Error(`${url} is not an event stream`);
  }
  const events: ServerEvent[] = [];
  const done = (async () => {
    let unread = '';
    const text = response.body?.pipeThrough(new TextDecoderStream());
    for await (const chunk of text ?? []) {
      const blocks = `${unread}${chunk}`.split('\n\n');
      unread = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
        if (event !== undefined && data !== undefined) events.push({ event, data: JSON.parse(data) });
      }
    }
  })().catch((error: unknown) => {
    if (!aborter.signal.aborted) throw error;
  });
  return {
    events,
    stop: async () => {
      aborter.abort();
      await done;
    },
  };
}
