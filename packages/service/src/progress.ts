import { monotonicMs } from './monotonic.ts';

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const TICK_MS = 200;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const NAME_WIDTH = 24;

/**
 * Shows the start step by step: a line for each finished step with its time and, on a terminal, a live line for what
 * is under way. Steps may overlap.
 */
export class Progress {
  readonly #out: Terminal;
  readonly #begun = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;

  constructor(out: Terminal) {
    this.#out = out;
  }

  /** A step begins when first named and is done when named with a detail. */
  readonly step = (name: string, detail?: string): void => {
    if (detail === undefined) {
      if (!this.#begun.has(name)) this.#begun.set(name, monotonicMs());
      this.#animate();
      return;
    }
    const seconds = (monotonicMs() - (this.#begun.get(name) ?? monotonicMs())) / 1000;
    this.#begun.delete(name);
    this.#clear();
    const time = this.#dim(`${seconds.toFixed(1)} s`);
    this.#out.write(`  ${this.#paint('32', '✓')} ${name.padEnd(NAME_WIDTH)} ${detail}  ${time}\n`);
    this.#animate();
  };

  line(text: string): void {
    this.#clear();
    this.#out.write(`${text}\n`);
  }

  /** One clear sentence (or one a line) about why it cannot go on; indented lines are what it rests on. */
  fail(message: string): void {
    this.stop();
    for (const line of message.split('\n')) {
      this.#out.write(line.startsWith(' ') ? `  ${line}\n` : `  ${this.#paint('31', '✗')} ${line}\n`);
    }
  }

  bold(text: string): string {
    return this.#paint('1', text);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#clear();
  }

  #dim(text: string): string {
    return this.#paint('2', text);
  }

  #paint(code: string, text: string): string {
    return this.#out.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  #clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\u001b[2K');
  }

  #animate(): void {
    if (!this.#out.isTTY) return;
    if (this.#begun.size === 0) {
      this.stop();
      return;
    }
    this.#timer ??= setInterval(() => this.#draw(), TICK_MS).unref();
    this.#draw();
  }

  #draw(): void {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    const under = [...this.#begun].map(([name, begun]) => {
      const seconds = Math.floor((monotonicMs() - begun) / 1000);
      return seconds > 0 ? `${name} ${seconds} s` : name;
    });
    this.#clear();
    this.#out.write(`  ${FRAMES[this.#frame]} ${this.#dim(under.join(', '))}`);
  }
}
