import type { Outcome } from '@repo/trading-core';
import type { AskedCommand, CommandAnswer, TradeCommands } from '../trading/trade-commands.ts';

/** An engine that answers as the test says, and remembers what it was asked. */
export class TradeCommandsDouble implements Pick<TradeCommands, 'ask'> {
  readonly asked: AskedCommand[] = [];
  /** Called for each command; what it throws is thrown. */
  answer: (command: AskedCommand) => Outcome | Promise<Outcome>;

  constructor(answer: (command: AskedCommand) => Outcome | Promise<Outcome>) {
    this.answer = answer;
  }

  async ask(command: AskedCommand): Promise<CommandAnswer> {
    this.asked.push(command);
    return { shard: 7, outcome: await this.answer(command) };
  }
}
