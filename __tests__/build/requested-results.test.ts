import { describe, expect, it } from 'vitest';
import { requestedResults, resultOfDerivation } from '../../src/build/requested-results.ts';
import type { BuildResult } from '../../src/domain/build-result.ts';
import { parseDrvPath, parseStorePath } from '../../src/domain/store-path.ts';
import { derivedPathText, parseDerivedPathText } from '../../src/protocol/derived-path.ts';

const drv = (name: string): string => `/nix/store/${'a'.repeat(32)}-${name}.drv`;
const source = `/nix/store/${'b'.repeat(32)}-source`;

/** As a daemon would give it. */
function result(text: string, outputs: readonly string[]): BuildResult {
  const path = (name: string) => parseStorePath(`/nix/store/${'c'.repeat(32)}-${name}`);
  return {
    path: parseDerivedPathText(text),
    status: 'built',
    errorMessage: '',
    timesBuilt: 1,
    isNonDeterministic: false,
    startTime: 0,
    stopTime: 0,
    cpuUser: undefined,
    cpuSystem: undefined,
    outputs: new Map(outputs.map((name) => [name, path(name)])),
    realisations: new Map(outputs.map((name) => [`sha256:00!${name}`, `{"id":"${name}"}`])),
  };
}

/** What a client is given: path, and outputs. */
function given(
  results: readonly BuildResult[],
  requested: readonly string[],
  nixVersion: string | undefined,
): readonly (readonly [string, ...string[]])[] {
  const paths = requested.map(parseDerivedPathText);
  return requestedResults(results, paths, nixVersion).map(({ path, outputs, realisations }) => {
    const names = [...realisations.keys()].map((id) => id.replace('sha256:00!', ''));
    expect(names).toEqual([...outputs.keys()]);
    return [derivedPathText(path), ...outputs.keys()] as const;
  });
}

describe('results as the client’s own daemon gives them', () => {
  const requested = [`${drv('top')}!out`, `${drv('many')}!dev`, source, `${drv('many')}!out`];
  const byRequest = [
    result(`${drv('top')}!out`, ['out']),
    result(`${drv('many')}!dev`, ['dev']),
    result(source, []),
    result(`${drv('many')}!out`, ['out']),
  ];
  const byDerivation = [
    result(source, []),
    result(`${drv('many')}!dev`, ['dev', 'out']),
    result(`${drv('top')}!out`, ['out']),
  ];
  const asRequested = [
    [`${drv('top')}!out`, 'out'],
    [`${drv('many')}!dev`, 'dev'],
    [source],
    [`${drv('many')}!out`, 'out'],
  ];

  it.each(['2.16.0', '2.34.8', '3.0', undefined])(
    'since Nix 2.16 one for each path, in the order of the request: %s',
    (version) => {
      expect(given(byRequest, requested, version)).toEqual(asRequested);
      expect(given(byRequest.toReversed(), requested, version)).toEqual(asRequested);
    },
  );

  it('of an older remote, each path has what was asked for', () => {
    expect(given(byDerivation, requested, '2.34.8')).toEqual(asRequested);
  });

  it.each(['2.8.0', '2.15.9'])(
    'before, one for each derivation, in the order of their names: %s',
    (version) => {
      const merged = [[source], [`${drv('many')}!dev`, 'dev', 'out'], [`${drv('top')}!out`, 'out']];
      expect(given(byDerivation, requested, version)).toEqual(merged);
      expect(given(byRequest, requested, version)).toEqual(merged);
    },
  );

  it.each(['2.8.0', '2.34.8'])('what was never started has none: %s', (version) => {
    const started = [result(`${drv('top')}!out`, ['out'])];
    expect(given(started, requested, version)).toEqual([[`${drv('top')}!out`, 'out']]);
  });

  it('a derivation has all of its outputs, of whichever result', () => {
    const many = resultOfDerivation(byRequest, parseDrvPath(drv('many')));
    expect([...(many?.outputs.keys() ?? [])].toSorted()).toEqual(['dev', 'out']);
    expect(resultOfDerivation(byRequest, parseDrvPath(drv('other')))).toBeUndefined();
  });
});
