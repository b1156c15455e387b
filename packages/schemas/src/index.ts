export * from './common.ts';
export * from './credentials.ts';
export * from './http.ts';
export * from './password-policy.ts';
export * from './problem.ts';
export * from './topics.ts';
export * from './trade-topics.ts';
export * from './websocket.ts';
