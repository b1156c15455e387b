export { type FaultProxy, type FaultProxyOptions, type ProxyTarget, startFaultProxy } from './fault-proxy.ts';
export { type KafkaFaultProxy, startKafkaFaultProxy } from './kafka-fault-proxy.ts';
