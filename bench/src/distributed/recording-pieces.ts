import { loadRecording, type RecordedFrame, recordingPath } from '../recorded-quotes.ts';

/** The beginning of the recording in pieces, so that two brokers can be played it in turns. */
export async function loadPieces(count: number, secondsEach: number): Promise<readonly (readonly RecordedFrame[])[]> {
  const frames = await loadRecording(recordingPath(), count * secondsEach);
  const pieceMs = secondsEach * 1_000;
  return Array.from({ length: count }, (_, index) =>
    frames
      .filter(({ offsetMs }) => Math.floor(offsetMs / pieceMs) === index)
      .map((frame) => ({ ...frame, offsetMs: frame.offsetMs - index * pieceMs })),
  );
}

/** One frame of each asset: what makes a poller ready. */
export function firstOfEach(frames: readonly RecordedFrame[]): readonly RecordedFrame[] {
  return [...new Map(frames.toReversed().map((frame) => [frame.asset, frame])).values()];
}

let updateId = 0;

/** The frames as the exchange would send them now: a poller drops an update whose number is not above the last. */
export function renumbered(frames: readonly RecordedFrame[]): readonly RecordedFrame[] {
  return frames.map((frame) => {
    updateId += 1;
    return { ...frame, text: frame.text.replace(/"u":[0-9]+/, `"u":${updateId}`) };
  });
}
