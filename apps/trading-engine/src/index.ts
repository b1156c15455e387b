export { type TradingEngineConfig, tradingEngineConfigSchema } from './config.ts';
export { startTradingEngine, type TradingEngineOptions } from './start-trading-engine.ts';
