/** What the document says before its operations. */
export const introduction = `A self-hosted WhatsApp gateway that keeps the record: REST in, WhatsApp out, and an event for each thing that happened in between.

# Getting started

1. **Log in as an admin**: \`POST /v1/admin/auth/login\` with the email address and the password that the first start printed (or that
   \`WAYBILL_ADMIN_EMAIL\` and \`WAYBILL_ADMIN_PASSWORD\` say). Send the \`accessToken\` as \`Authorization: Bearer …\`.
2. **Create a user**: \`POST /v1/admin/users\`.
3. **Issue them an API key**: \`POST /v1/admin/users/{id}/api-keys\`. The \`secret\` in the answer is shown only there. From here on, send it as
   \`X-Api-Key\`.
4. **Link a phone**: \`POST /v1/sessions\`, then show \`GET /v1/sessions/{id}/qr\` to WhatsApp on the phone (Linked devices), until the session is
   \`connected\`.
5. **Send a message**: \`POST /v1/messages\`, and follow it with \`GET /v1/messages/{id}\`.

# Conventions

- **Credentials** are in headers, never in a URL: users send an API key in \`X-Api-Key\`, admins an access token as a bearer.
- **Errors** are problem documents (RFC 9457): compare their \`code\`. A path with another method is 405 with \`Allow\`.
- **Lists** are newest first: pass \`next\` as \`cursor\` to get the next page.
- **Repeating a request** is safe with an \`Idempotency-Key\`: it is executed once, and answered as it was the first time.
- In a body, null for an optional field is the same as leaving it out. Times are ISO 8601 in UTC.
- 503 with \`Retry-After\` says: try again. Nothing that was accepted is lost meanwhile.
- Nothing under \`/v1\` may be cached (\`Cache-Control: no-store\`).`;
