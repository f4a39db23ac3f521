import type { Context } from '../context.js';
import { transcript, transcriptSwitch, transcriptView } from '../schemas/transcript.js';
import type { ControlApp } from '../zod-routes.js';
import { noContent, refusals } from './answers.js';

const tags = ['Transcript'];

export function transcriptRoutes(app: ControlApp, { sandbox }: Context): void {
  app.get(
    '/transcript',
    {
      schema: {
        tags,
        operationId: 'getTranscript',
        summary: 'The stanzas that went back and forth, newest last',
        response: { 200: transcript },
      },
    },
    async () => transcriptView(sandbox().transcript),
  );

  app.put(
    '/transcript',
    {
      schema: {
        tags,
        operationId: 'switchTranscript',
        summary: 'Switch the transcript on or off',
        description: 'Switched off it forgets what it has.',
        body: transcriptSwitch,
        response: { 200: transcript, ...refusals() },
      },
    },
    async ({ body }) => {
      const { transcript: recorded } = sandbox();
      recorded.remember(body.enabled ? body.capacity : 0);
      return transcriptView(recorded);
    },
  );

  app.delete(
    '/transcript',
    {
      schema: {
        tags,
        operationId: 'clearTranscript',
        summary: 'Forget what was recorded',
        response: { 204: noContent },
      },
    },
    async (_request, reply) => {
      sandbox().transcript.clear();
      return reply.status(204).send();
    },
  );
}
