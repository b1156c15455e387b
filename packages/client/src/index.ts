export * from './api-client.ts';
export type * from './cookie-jar.ts';
export * from './create-key-pair.ts';
export { ApiError, NetworkError } from './errors.ts';
export { everyItem } from './every-item.ts';
export * from './price-stream.ts';
export {
  type ApiKeyCredentials,
  createRequestSigner,
  type RequestSigner,
  type RequestToSign,
} from './sign-request.ts';
export type { CallOptions, TradingClient } from './trading-client.ts';
export type { NamedCallOptions } from './until-answered.ts';
