import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultInstruments, type Instrument } from '@repo/trading-core';
import { AssetMarkets, type Market } from './asset-markets.ts';

const spot: Market = { source: 'backpack', symbol: 'SOL_USDC' };
const perpetual: Market = { source: 'backpack', symbol: 'SOL_USDC_PERP' };
const elsewhere: Market = { source: 'binance', symbol: 'SOLUSDT' };
const everything = () => true;

function markets(): AssetMarkets {
  return new AssetMarkets(defaultInstruments[0] as Instrument, [spot, perpetual, elsewhere]);
}

test('markets are tried one after the other, those not listed left out', () => {
  const asset = markets();
  assert.deepEqual(asset.tried, [spot]);
  assert.equal(asset.tryNext(everything), perpetual);
  assert.equal(asset.tryNext(everything), elsewhere);
  assert.equal(asset.tryNext(everything), undefined);
  assert.equal(
    markets().tryNext((market) => market !== perpetual),
    elsewhere,
  );
});

test('the best market that speaks is the price, the others are witnesses', () => {
  const asset = markets();
  assert.deepEqual(asset.heard(elsewhere), { isPrimary: true, changed: true });
  assert.deepEqual(asset.heard(elsewhere), { isPrimary: true, changed: false });
  assert.deepEqual(asset.heard(spot), { isPrimary: true, changed: true });
  assert.deepEqual(asset.heard(elsewhere), { isPrimary: false, changed: false });
});

test('when a source is lost, a witness of another takes over until it speaks again', () => {
  const asset = markets();
  asset.heard(spot);
  asset.heard(elsewhere);
  asset.silence('backpack');
  assert.deepEqual(asset.heard(elsewhere), { isPrimary: true, changed: true });
  assert.deepEqual(asset.heard(spot), { isPrimary: true, changed: true });
});
