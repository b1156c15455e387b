import { z } from 'zod';

// Zod compiles schemas with `new Function` where it may; the page's policy says that it may not, and each try would be
// reported as a violation. Import this before any schema.
z.config({ jitless: true });
