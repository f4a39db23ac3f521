import type { ControlContext } from '../context.js';
import { transcript, transcriptSwitch, transcriptView } from '../schemas/transcript.js';
import type { ControlApp } from '../zod-routes.js';
import { noContent, errorResponses } from './answers.js';

const tags = ['Transcript'];

export function transcriptRoutes(app: ControlApp, { sandbox }: ControlContext): void {
  app.get(
    '/transcript',
    {
      schema: {
        tags,
        operationId: 'getTranscript',
        summary: 'List recorded stanzas, newest last',
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
        description: 'Switching it off clears it.',
        body: transcriptSwitch,
        response: { 200: transcript, ...errorResponses() },
      },
    },
    async ({ body }) => {
      const { transcript: recorded } = sandbox();
      recorded.setCapacity(body.enabled ? body.capacity : 0);
      return transcriptView(recorded);
    },
  );

  app.delete(
    '/transcript',
    {
      schema: {
        tags,
        operationId: 'clearTranscript',
        summary: 'Clear the transcript',
        response: { 204: noContent },
      },
    },
    async (_request, reply) => {
      sandbox().transcript.clear();
      return reply.status(204).send();
    },
  );
}
