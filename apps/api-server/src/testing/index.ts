export { type Answer, Browser, codeIn, codeOf } from './browser.ts';
export { type RawAnswer, rawPost, sendRaw } from './raw-request.ts';
export { until } from './until.ts';
