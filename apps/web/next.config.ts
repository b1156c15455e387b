import { join } from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  // Workspace packages are TypeScript sources.
  transpilePackages: ['@repo/client', '@repo/schemas', '@repo/trading-core', '@repo/ui'],
  turbopack: { root: join(import.meta.dirname, '../..') },
  // For an image (infra/images/Dockerfile): the server with only the files that it needs.
  ...(process.env.WEB_OUTPUT === 'standalone' && { output: 'standalone' as const }),
  typedRoutes: true,
  poweredByHeader: false,
  devIndicators: false,
  agentRules: false,
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
        { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
        { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' },
      ],
    },
  ],
};

export default config;
