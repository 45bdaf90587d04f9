import { expect, it } from 'vitest';
import { Link, recipes, startBuilder, startNixHost } from '../../lab/index.ts';
import { annotations } from '../helpers/failed-step.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { outputPath } from '../helpers/scenario.ts';

const SIZE = 60_000_000;

/** For a minute the store is waited for. */
const LIMIT_MS = 120_000;

it('what a store has built, and takes with it when it is lost, another builds again', async () => {
  await using own = await startBuilder({ name: 'own' });
  await using twin = await startBuilder({ name: 'twin' });
  await using runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
  await using link = await Link.start(own.port);
  const stores = [
    [own, link.port],
    [twin, twin.port],
  ] as const;
  const live = await LiveStep.start({
    ...{ builder: own, runner },
    attributes: { moved: recipes.randomFile('moved', SIZE) },
    inputs: {
      store: stores.map(([, port]) => `ssh-ng://ci@127.0.0.1:${port}`).join('\n'),
      'ssh-key': stores.map(([{ key }]) => key.privateKey).join('\n'),
      'known-hosts': stores.map(([each, port]) => each.knownHosts(port)).join('\n'),
      'copy-outputs': 'true',
    },
  });
  // That it is built is known long before so much of it has come.
  const { fired } = await link.arm({ kind: 'stall', direction: 'down', afterBytes: SIZE / 3 });
  await fired;
  await link.stop();
  const ended = await live.ended(LIMIT_MS);
  expect(ended.statuses, ended.log).toEqual({ moved: 'built' });
  expect(ended.code, ended.log).toBe(0);
  expect(annotations(ended.log, 'error')).toEqual([]);
  const [result] = ended.results;
  expect(result).toMatchObject({ copied: true, remote: `ssh-ng://ci@127.0.0.1:${twin.port}` });
  const path = outputPath({ ...ended, user: 'owner', workspace: live.workspace }, 'moved');
  expect(await runner.validPaths([path])).toEqual(new Set([path]));
  expect(await own.validPaths([path])).toEqual(new Set([path]));
  expect(await live.post()).toMatchObject({ code: 0 });
}, 180_000);
