import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost } from '../../lab/index.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import { evaluateOn, OTHER_SYSTEM, SYSTEM } from '../helpers/evaluation.ts';

const FLAKE = `{
  outputs = { self }:
    let d = name: derivation { inherit name; system = "${SYSTEM}"; builder = "/b"; };
    in {
      checks.${SYSTEM} = {
        b = d "b"; a = d "a"; text = "text"; "with.dot" = d "dot"; "with space" = d "space";
        nested = { recurseForDerivations = true; deeper = { recurseForDerivations = true; x = d "x"; }; y = d "y"; };
        hidden = { z = d "z"; };
        off = { recurseForDerivations = false; z = d "z"; };
      };
      checks.${OTHER_SYSTEM} = { other = d "other"; };
      checks.mips-linux = abort "evaluated for a system that nobody asked for";
      packages.${SYSTEM} = {
        out-only = d "out-only";
        many = derivation { name = "many"; outputs = [ "out" "dev" "doc" ]; system = "${SYSTEM}"; builder = "/b"; };
        installs = self.packages.${SYSTEM}.many // { meta.outputsToInstall = [ "doc" "dev" ]; };
        dev = self.packages.${SYSTEM}.many.dev // { outputSpecified = true; };
        features = derivation { name = "f"; requiredSystemFeatures = [ "kvm" "big" ]; system = "${SYSTEM}"; builder = "/b"; };
        floating = derivation { name = "ca"; __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; system = "${SYSTEM}"; builder = "/b"; };
        fake = { type = "derivation"; drvPath = "/nix/store/nothing"; outPath = "/x"; };
      };
      hydraJobs = { ${SYSTEM} = { h = d "h"; }; ${OTHER_SYSTEM} = abort "no"; misc = { i = d "i"; }; j = d "j"; };
      jobs.hello = { ${SYSTEM} = d "hello"; ${OTHER_SYSTEM} = abort "no"; };
      nothing = { };
      anywhere = derivation { name = "w"; system = "builtin"; builder = "builtin:fetchurl"; };
      levels = derivation { name = "v"; system = "x86_64-v3-linux"; builder = "/b"; };
      apps.${SYSTEM}.run = { type = "app"; program = "/bin/true"; };
    };
}`;

describe.each(TESTED_SUITES)('attribute sets and outputs, Debian %s:', (suite) => {
  let host: NixHost;

  beforeAll(async () => {
    const nixConf = ['experimental-features = nix-command flakes ca-derivations'];
    host = await startNixHost({ suite, name: 'runner', nixConf });
    await host.write('/home/ci', { 'flake.nix': FLAKE }, 'ci');
  });

  afterAll(async () => {
    await host.stop();
  });

  const names = async (installables: readonly string[], systems = [SYSTEM]) =>
    (await evaluateOn(host, installables, { systems })).attributes.map(
      ({ attribute }) => attribute,
    );

  it('a derivation may be for no system, or for one that only some machines of a kind can run', async () => {
    const { attributes } = await evaluateOn(host, ['path:.#anywhere', 'path:.#levels'], {});
    expect(attributes).toMatchObject([{ system: 'builtin' }, { system: 'x86_64-v3-linux' }]);
  });

  const checks = ['a', 'b', 'nested.deeper.x', 'nested.y', '"with space"', '"with.dot"'];

  it('.#checks is every check of the systems asked for, and no other is evaluated', async () => {
    const own = checks.map((name) => `checks.${SYSTEM}.${name}`);
    expect(await names(['path:.#checks'])).toEqual(own);
    expect(await names([`path:.#checks.${SYSTEM}`])).toEqual(own);
    const other = `checks.${OTHER_SYSTEM}.other`;
    const both = await names(['path:.#checks'], [SYSTEM, OTHER_SYSTEM]);
    expect(both).toEqual(SYSTEM < OTHER_SYSTEM ? [...own, other] : [other, ...own]);
    expect(await names([`path:.#checks.${OTHER_SYSTEM}`])).toEqual([other]);
  });

  it('the same in impure evaluation, where Nix below 2.19 shows only one attribute at a time', async () => {
    const installables = ['path:.#checks', 'path:.#many', 'path:.', 'path:.#nope'];
    const { attributes } = await evaluateOn(host, installables, { evalArgs: ['--impure'] });
    const many = suite === 'bookworm' ? 'many' : `packages.${SYSTEM}.many`;
    expect(attributes.map(({ attribute }) => attribute)).toEqual([
      ...checks.map((name) => `checks.${SYSTEM}.${name}`),
      many,
      'path:.',
      'path:.#nope',
    ]);
    const unknown = attributes.filter(({ code }) => code === 'installable-unknown');
    expect(unknown.map(({ message }) => message)).toEqual([
      `flake 'path:.' does not provide attribute 'packages.${SYSTEM}.default' or 'defaultPackage.${SYSTEM}'`,
      `flake 'path:.' does not provide attribute 'packages.${SYSTEM}.nope', 'legacyPackages.${SYSTEM}.nope' or 'nope'`,
    ]);
  });

  it('a nested set is entered if asked for itself', async () => {
    expect(await names([`path:.#checks.${SYSTEM}.hidden`])).toEqual([`checks.${SYSTEM}.hidden.z`]);
  });

  it('sets like hydraJobs, with systems on the first or the last level', async () => {
    expect(await names(['path:.#hydraJobs'])).toEqual(['hydraJobs.j', `hydraJobs.${SYSTEM}.h`]);
    expect(await names(['path:.#jobs.hello'])).toEqual([`jobs.hello.${SYSTEM}`]);
  });

  it('a set without a derivation is not green', async () => {
    const { attributes } = await evaluateOn(host, ['path:.#nothing', `path:.#apps`]);
    expect(attributes.map(({ code }) => code)).toEqual([
      'installable-unknown',
      'installable-unknown',
    ]);
    expect(attributes[0]?.message).toBe(
      `cannot evaluate nothing: there is no derivation in it for ${SYSTEM}`,
    );
  });

  it('results keep the order of the installables', async () => {
    expect(
      await names(['path:.#jobs.hello', `path:.#checks.${SYSTEM}.b`, 'path:.#out-only']),
    ).toEqual([`jobs.hello.${SYSTEM}`, `checks.${SYSTEM}.b`, `packages.${SYSTEM}.out-only`]);
  });

  it('outputs: those asked for, else meta.outputsToInstall, else out', async () => {
    const cases = {
      many: ['out'],
      'many^dev,doc': ['dev', 'doc'],
      'many^*': ['dev', 'doc', 'out'],
      installs: ['dev', 'doc'],
      'installs^out': ['out'],
      dev: ['dev'],
    };
    const installables = Object.keys(cases).map((name) => `path:.#${name}`);
    const { attributes } = await evaluateOn(host, installables);
    expect(attributes.map(({ wantedOutputs }) => wantedOutputs)).toEqual(Object.values(cases));
    expect(Object.keys(attributes[0]?.outputs ?? {}).sort()).toEqual(['dev', 'doc', 'out']);
    expect(attributes[0]?.outputs?.['dev']).toMatch(/^\/nix\/store\/[a-z0-9]{32}-many-dev$/);
  });

  it('features, floating outputs, and what only claims to be a derivation', async () => {
    const { attributes } = await evaluateOn(host, [
      'path:.#features',
      'path:.#floating',
      'path:.#fake',
    ]);
    expect(attributes[0]?.requiredSystemFeatures).toEqual(['kvm', 'big']);
    expect(attributes[1]).toMatchObject({ kind: 'derivation', outputs: { out: null } });
    expect(attributes[2]).toMatchObject({ kind: 'failed', code: 'evaluation-failed' });
    const drvPath = attributes[1]?.drvPath ?? '';
    const again = await evaluateOn(host, [`${drvPath}^out`]);
    expect(again.attributes[0]).toMatchObject({ drvPath, outputs: { out: null }, system: SYSTEM });
  });

  it('store paths, derivations by path, and links to them', async () => {
    const { attributes } = await evaluateOn(host, ['path:.#features', 'path:.#many']);
    const [features = '', many = ''] = attributes.map(({ drvPath }) => drvPath);
    await host.output(['ln', '-sfn', features, 'result'], { user: 'ci' });
    const installables = [features, `${features}^*`, `${many}^dev`, './result', `${many}^nope`];
    const seen = (await evaluateOn(host, installables)).attributes;
    expect(seen.map(({ kind }) => kind)).toEqual([
      'store-path',
      'derivation',
      'derivation',
      'store-path',
      'failed',
    ]);
    expect(seen[1]).toMatchObject({ drvPath: features, requiredSystemFeatures: ['kvm', 'big'] });
    expect(seen[2]).toMatchObject({ drvPath: many, wantedOutputs: ['dev'] });
    expect(seen[2]?.outputs).toEqual(attributes[1]?.outputs);
    expect(seen[3]?.path).toBe(features);
  });

  it("a system other than the machine's", async () => {
    const file =
      '{ system ? builtins.currentSystem }: { a = derivation { name = "a"; inherit system; builder = "/b"; }; }';
    await host.write('/home/ci', { 'file.nix': file }, 'ci');
    const job = { source: { kind: 'file', file: 'file.nix' }, system: OTHER_SYSTEM } as const;
    const { attributes } = await evaluateOn(host, ['a'], job);
    expect(attributes[0]?.system).toBe(OTHER_SYSTEM);
  });

  it('a thousand attributes in one process', async () => {
    const flake = `{ outputs = _: { many = builtins.listToAttrs (builtins.genList (n: {
      name = "n\${toString n}"; value = derivation { name = "n"; inherit n; system = "${SYSTEM}"; builder = "/b"; };
    }) 1000); }; }`;
    await host.write('/home/ci/thousand', { 'flake.nix': flake }, 'ci');
    const all = await names(['path:/home/ci/thousand#many']);
    expect(all).toHaveLength(1000);
    expect(all).toEqual([...all].sort());
    const single = Array.from({ length: 300 }, (_, n) => `path:/home/ci/thousand#many.n${n}`);
    expect(await names(single)).toHaveLength(300);
  });
});
