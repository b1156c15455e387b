import './globals.css';
import { cx } from '@repo/ui';
import type { Metadata, Viewport } from 'next';
import { ThemeProvider } from 'next-themes';
import { requestSettings } from '../settings/server-settings.ts';
import { SettingsProvider } from '../settings/settings-provider.tsx';
import { Providers } from '../shell/providers.tsx';
import { inter, jetbrainsMono } from './fonts.ts';

export const metadata: Metadata = {
  title: { default: 'CFD-Broker', template: '%s · CFD-Broker' },
  description: 'A self-hosted brokerage for contracts for difference: live prices, on your own machines.',
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f6f8' },
    { media: '(prefers-color-scheme: dark)', color: '#0a0b0e' },
  ],
};

export default async function RootLayout({ children }: LayoutProps<'/'>) {
  const { settings, nonce } = await requestSettings();
  return (
    // The theme's script sets an attribute here before React arrives.
    <html lang="en" className={cx(inter.variable, jetbrainsMono.variable)} suppressHydrationWarning>
      <head>
        <meta name="settings" content={JSON.stringify(settings)} />
      </head>
      <body>
        <ThemeProvider
          attribute="data-theme"
          defaultTheme="system"
          disableTransitionOnChange
          {...(nonce === undefined ? {} : { nonce })}
        >
          <SettingsProvider settings={settings} nonce={nonce}>
            <Providers>{children}</Providers>
          </SettingsProvider>
        </ThemeProvider>
      </body>
    </html>
  );
}
