import { atMost, type BenchCase } from '../case.ts';
import { measureStarts } from '../starts.ts';

/** Milliseconds. */
const WANTED = { main: 75, pipe: 5 } as const;

/** What Node itself takes with an empty script on the machine that those are meant for, in milliseconds: a slower one takes longer for all. */
const USUAL_NODE = 22;

/** What is to be started is started 25 times, in turns with Node itself. */
export const startup: BenchCase = {
  name: 'startup',
  work: 'start the action, which finds nothing to do (stock: Node with an empty script)',
  attributes: {},
  async measure(hosts) {
    const { main, post, pipe, emptyScript } = await measureStarts(hosts);
    const slowness = Math.max(1, (emptyScript * 1000) / USUAL_NODE);
    const extraPipeMs = (pipe - emptyScript) * 1000;
    return {
      ours: main,
      stock: emptyScript,
      limit: emptyScript,
      roundTrips: undefined,
      rounds: { ours: 25, stock: 25 },
      details: {
        mainMs: main * 1000,
        postMs: post * 1000,
        emptyScriptMs: emptyScript * 1000,
        extraPipeMs,
      },
      targets: [
        atMost(WANTED.main * slowness, 'mainMs', main * 1000),
        atMost(WANTED.pipe * slowness, 'extraPipeMs', extraPipeMs),
      ],
    };
  },
};
