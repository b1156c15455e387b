// The health check of every image: `node check-health.ts INTERNAL_PORT /healthz` ends with 0 when the port that the
// variable names answers the path with 200, and with 1 otherwise.
const [variable = '', path = '/'] = process.argv.slice(2);
try {
  const response = await fetch(`http://127.0.0.1:${process.env[variable]}${path}`, {
    signal: AbortSignal.timeout(2_500),
  });
  process.exit(response.status === 200 ? 0 : 1);
} catch {
  process.exit(1);
}
