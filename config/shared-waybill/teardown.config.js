/** Ends the shared service, if anybody asked for it. */
export default async function tearDown() {
  await globalThis.endSharedWaybill?.();
}
