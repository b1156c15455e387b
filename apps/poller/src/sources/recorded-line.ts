import { type BookTickerFrame, readBookTickerFrame } from './book-ticker-frame.ts';

/** A frame and when it was recorded. */
export interface RecordedFrame {
  /** Nanoseconds since some beginning. */
  readonly atNs: bigint;
  readonly frame: BookTickerFrame;
}

const LINE = /^([0-9]{1,20}) (\{.*)$/;

/** Reads `<local receive time, ns> <raw frame>`; `undefined` when the line is not of that form. */
export function readRecordedLine(line: string): RecordedFrame | undefined {
  const match = LINE.exec(line);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { atNs: BigInt(match[1]), frame: readBookTickerFrame(match[2]) };
}
