import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerProperties } from './broker-properties.ts';

const ports = [1, 2, 3].map((id) => ({ client: 9000 + id, controller: 9100 + id }));

test('one broker keeps one replica of everything, on this machine alone', () => {
  const properties = brokerProperties({ id: 1, ports: ports.slice(0, 1), dataDir: '/data' });
  assert.equal(properties.listeners, 'CLIENT://127.0.0.1:9001,CONTROLLER://127.0.0.1:9101');
  assert.equal(properties['controller.quorum.voters'], '1@127.0.0.1:9101');
  assert.equal(properties['auto.create.topics.enable'], false);
  for (const name of ['default', 'offsets.topic', 'transaction.state.log'])
    assert.equal(properties[`${name}.replication.factor`], 1);
  assert.equal(properties['min.insync.replicas'], 1);
});

test('three brokers keep three replicas, and two must have a write', () => {
  const properties = brokerProperties({ id: 2, ports, dataDir: '/data' });
  assert.equal(properties['node.id'], 2);
  assert.equal(properties.listeners, 'CLIENT://127.0.0.1:9002,CONTROLLER://127.0.0.1:9102');
  assert.equal(properties['controller.quorum.voters'], '1@127.0.0.1:9101,2@127.0.0.1:9102,3@127.0.0.1:9103');
  for (const name of ['default', 'offsets.topic', 'transaction.state.log'])
    assert.equal(properties[`${name}.replication.factor`], 3);
  assert.equal(properties['min.insync.replicas'], 2);
  assert.equal(properties['transaction.state.log.min.isr'], 2);
});
