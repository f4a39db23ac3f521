import { eventually } from './eventually.js';
import type { Answer } from './http.js';

/** A webhook as the API answers it, as far as tests read it. */
export type WebhookBody = { readonly [field: string]: unknown } & { readonly id: string; readonly secret: string };
type DeliveryBody = {
  readonly id: string;
  readonly status: string;
  readonly event: string;
  readonly attemptCount: number;
  readonly attempts: readonly object[];
};
export type WebhookPage = { readonly data: readonly DeliveryBody[]; readonly next: string | null };

/** What tests ask about webhooks. */
export const webhooksClient = (ask: (route: string, body?: unknown) => Promise<Answer>) => {
  const deliveriesOf = async (id: string, filter = ''): Promise<readonly DeliveryBody[]> =>
    ((await ask(`GET /v1/webhooks/${id}/deliveries${filter}`)).body as WebhookPage).data;
  const delivery = async (id: string): Promise<DeliveryBody> =>
    (await ask(`GET /v1/deliveries/${id}`)).body as DeliveryBody;

  return {
    register: async (url: string, events: readonly string[], more: object = {}): Promise<WebhookBody> => {
      const answer = await ask('POST /v1/webhooks', { url, events, ...more });
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.body as WebhookBody;
    },
    act: (id: string, what: string, body?: unknown): Promise<Answer> => ask(`POST /v1/webhooks/${id}/${what}`, body),
    remove: (id: string): Promise<Answer> => ask(`DELETE /v1/webhooks/${id}`),
    deliveriesOf,
    delivery,
    /** The only delivery of a webhook, once it has a status. */
    onlyDelivery: (id: string, status: string): Promise<DeliveryBody> =>
      eventually(async () => {
        const [one] = await deliveriesOf(id);
        return one?.status === status && delivery(one.id);
      }),
  };
};
