import { eventually } from './eventually.js';
import { MediaClient } from './media-client.js';
import type { MessagesClient } from './messages-client.js';
import type { WaybillClient } from './waybill-client.js';

export type ShownPost = {
  readonly id: string;
  readonly chatId: string;
  readonly revokedAt: string | null;
  readonly image?: { readonly mediaId: string; readonly state: string };
};

/** Posts, of a status or in a channel, as a user is shown them. */
export const shownPosts = <Shown extends ShownPost>(
  place: () => { readonly waybill: WaybillClient; readonly client: MessagesClient },
) => {
  const shown = async (id: string): Promise<Shown> => (await place().client.get(id)) as unknown as Shown;
  return {
    shown,
    /** The newest with these words, once there is one. */
    found: (q: string): Promise<Shown> =>
      eventually(
        async () => ((await place().client.list({ q })).body as { readonly data: readonly Shown[] }).data[0] ?? false,
      ),
    /** The bytes of its picture, once they are there. */
    fileOf: async ({ id }: Shown): Promise<Buffer> => {
      const { image } = await eventually(async () => {
        const message = await shown(id);
        return message.image?.state === 'ready' && message;
      });
      const { waybill, client } = place();
      return (await new MediaClient(waybill, client.session.user.key).download(image!.mediaId)).bytes;
    },
  };
};
