export type { PortChoice } from './choose-ports.ts';
export type { ServerName } from './create-servers.ts';
export { InfraError } from './infra-error.ts';
export { type EnsureLibrariesOptions, ensureLibraries } from './java/ensure-libraries.ts';
export { findJava } from './java/find-java.ts';
export type { KafkaHandle, PostgresHandle, ServerHandle, SmtpHandle } from './server-handle.ts';
export { type RunningServers, type StartServersOptions, startServers } from './start-servers.ts';
export { ensurePackage } from './system-package.ts';
export { createTestRoot, type TestRoot } from './test-root.ts';
