export * from './create-cookie-jar.ts';
export * from './sign-upgrade.ts';
