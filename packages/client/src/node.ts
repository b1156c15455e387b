export * from './create-cookie-jar.ts';
