import { Transient } from '#lib/async';
import { VaultError } from '#lib/vault';
import { errorClass, errorCodec, type ErrorClass } from '#lib/threads';
import {
  ConnectionLost,
  CredentialsUnavailable,
  DownloadFailed,
  NotConnected,
  QueryFailed,
  SendFailed,
  UploadDiskUnavailable,
  UploadFailed,
} from './errors.js';

/** The errors that callers tell apart: they keep their class on the way to another thread or process. */
export const whatsAppErrors: readonly ErrorClass[] = [
  errorClass(
    SendFailed,
    ({ outcome }) => outcome,
    (message, outcome) => new SendFailed(outcome, message),
  ),
  // Before the class that it extends.
  errorClass(
    ConnectionLost,
    ({ sessionId }) => sessionId,
    (_message, sessionId) => new ConnectionLost(sessionId),
  ),
  errorClass(
    NotConnected,
    ({ sessionId }) => sessionId,
    (_message, sessionId) => new NotConnected(sessionId),
  ),
  errorClass(
    QueryFailed,
    ({ code }) => code,
    (message, code) => new QueryFailed(code, message),
  ),
  errorClass(
    DownloadFailed,
    ({ gone }) => gone,
    (message, gone) => new DownloadFailed(gone, message),
  ),
  errorClass(
    UploadFailed,
    ({ outcome }) => outcome,
    (message, outcome) => new UploadFailed(outcome, message),
  ),
  errorClass(
    UploadDiskUnavailable,
    () => undefined,
    (message) => new UploadDiskUnavailable(message),
  ),
  errorClass(
    CredentialsUnavailable,
    () => undefined,
    (message) => new CredentialsUnavailable(message),
  ),
  errorClass(
    VaultError,
    ({ code }) => code,
    (message, code) => new VaultError(code, message),
  ),
  // The last: it stands for all of its kind that are not listed, such as those of the store that a file is read from.
  errorClass(
    Transient,
    ({ name }) => name,
    (message, name) => Object.assign(new Transient(message), { name }),
  ),
];

/** For errors inside of log details. */
export const loggedErrors = errorCodec(whatsAppErrors);
