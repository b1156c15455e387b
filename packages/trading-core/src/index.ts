export * from './candle.ts';
export * from './decimal.ts';
export * from './instrument.ts';
export * from './mid-price.ts';
export * from './quote-spread.ts';
