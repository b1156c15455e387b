import { ThemeButton } from '../../shell/theme-button.tsx';
import { Wordmark } from '../../shell/wordmark.tsx';

export default function AuthLayout({ children }: LayoutProps<'/'>) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between px-4 py-2 sm:px-6">
        <Wordmark />
        <ThemeButton />
      </header>
      <main className="flex flex-1 flex-col items-center px-4 pt-[max(1.5rem,calc((100dvh-44rem)/2))] pb-16">
        {children}
      </main>
    </div>
  );
}
