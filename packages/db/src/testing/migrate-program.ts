import { migrateDatabase } from '../migrate-database.ts';

await migrateDatabase(process.argv[2] ?? '', { api_server: 'a'.repeat(32) });
