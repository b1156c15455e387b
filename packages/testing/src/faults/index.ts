export { type FaultProxy, type FaultProxyOptions, type ProxyTarget, startFaultProxy } from './fault-proxy.ts';
