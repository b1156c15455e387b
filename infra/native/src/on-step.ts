/** Told of each step when it begins (no detail) and when it is done. */
export type OnStep = (name: string, detail?: string) => void;
