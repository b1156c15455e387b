/** Everybody's. */
export const PASSWORD = 'correct horse battery staple';
