import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { OperatorRefused, type OperatorRequest } from './operator-request.js';
import { socketPath } from './socket-path.js';

/** Gives a command to the service that runs on a data directory. Undefined where none does. @throws {OperatorRefused} */
export const askService = async (dataDirectory: string, asked: OperatorRequest): Promise<string | undefined> => {
  const sent = request({ socketPath: socketPath(dataDirectory), method: 'POST' });
  sent.end(JSON.stringify(asked));
  let response: IncomingMessage;
  try {
    [response] = (await once(sent, 'response')) as [IncomingMessage];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined;
    throw error;
  }
  const answer = await text(response);
  if (response.statusCode !== 200) throw new OperatorRefused(answer);
  return answer;
};
