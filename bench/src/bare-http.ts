import { createServer } from 'node:http';

// The child of http.ts: the least an HTTP server can do, as what the reads are compared with.
const body = JSON.stringify({ user: { id: '1', email: 'bench@example.com', createdAt: 0 } });
const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
process.on('disconnect', () => process.exit(0));
