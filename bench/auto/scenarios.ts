import { recipes, type Attributes } from '../../lab/index.ts';

/** A set-up in which a mode has to be chosen. All names in it begin with the salt, so that no two runs know each other's paths. */
export interface AutoScenario {
  readonly name: string;
  readonly attributes: (salt: string) => Attributes;
  /** Attributes that are built on the builder before, and those on the runner. */
  readonly there: readonly string[];
  readonly here: readonly string[];
  readonly wanted: readonly string[];
  readonly back: boolean;
}

const MB = 1e6;

/** What a build is like. */
interface Build {
  /** Each takes a processor about a second of this machine: a build that takes none is best done anywhere. */
  readonly turns?: number;
  /** Of its output. */
  readonly bytes?: number;
  readonly needs?: readonly string[];
  /** Whether its output refers to what it needs; default: yes. */
  readonly refers?: boolean;
}

function build(
  name: string,
  { turns = 1, bytes = 0, needs = [], refers = true }: Build = {},
): string {
  const inputs = needs.map((each) => `\${${each}}`).join(' ');
  const loop = `i=0; while [ $i -lt ${Math.round(turns * 500_000)} ]; do i=$((i+1)); done`;
  const use = refers ? `echo ${inputs}` : `cat ${inputs} | wc -c`;
  return recipes.script(name, `${loop}; { ${use}; yes ${name} | head -c ${bytes}; } > $out`);
}

/** So many parts, and what needs all of them. */
function parts(salt: string, count: number, part: Build, app: Build = {}): Attributes {
  const names = partNames(count);
  const all = names.map((name) => [name, build(`${salt}-${name}`, part)] as const);
  return { ...Object.fromEntries(all), app: build(`${salt}-app`, { ...app, needs: names }) };
}

function partNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `part${index}`);
}

const NOWHERE = { there: [], here: [] } as const;
const APP = { wanted: ['app'], back: true } as const;

/** What hardly takes a processor. */
const SMALL: Build = { turns: 0.05, bytes: 1000 };

export const SCENARIOS: readonly AutoScenario[] = [
  {
    name: 'one build, nothing wanted back',
    attributes: (salt) => parts(salt, 0, {}, { turns: 4 }),
    ...{ ...NOWHERE, ...APP, back: false },
  },
  {
    name: 'one build, wanted back',
    attributes: (salt) => parts(salt, 0, {}, { turns: 4 }),
    ...{ ...NOWHERE, ...APP },
  },
  {
    name: 'a chain of small builds',
    attributes: (salt) => ({
      part0: build(`${salt}-part0`, SMALL),
      ...Object.fromEntries(
        partNames(10).map((name, index) => {
          const needs = [`part${index}`];
          return [`part${index + 1}`, build(`${salt}-${name}-next`, { ...SMALL, needs })];
        }),
      ),
      app: build(`${salt}-app`, { turns: 4, needs: ['part10'] }),
    }),
    ...{ ...NOWHERE, ...APP },
  },
  {
    name: '30 small builds that know nothing of each other',
    attributes: (salt) => parts(salt, 30, SMALL, { turns: 4 }),
    ...{ ...NOWHERE, ...APP },
  },
  {
    name: 'large inputs on the builder, a small output',
    attributes: (salt) => parts(salt, 4, { turns: 4, bytes: 30 * MB }, { turns: 4, refers: false }),
    ...{ ...APP, there: partNames(4), here: [] },
  },
  {
    name: 'a closure of 800 MB on the builder, nothing on the runner',
    attributes: (salt) => parts(salt, 8, { bytes: 101 * MB }),
    ...{ ...APP, there: partNames(8), here: [], back: false },
  },
  {
    name: 'all inputs on both sides, one thing changed',
    attributes: (salt) => parts(salt, 20, { ...SMALL, bytes: MB }, { turns: 6 }),
    ...{ ...APP, there: partNames(20), here: partNames(20) },
  },
  {
    name: 'inputs that took long, built on the runner alone',
    attributes: (salt) => parts(salt, 16, { turns: 2 }, { turns: 12 }),
    ...{ ...APP, there: [], here: partNames(16) },
  },
  {
    name: 'one large input that takes no time, on the runner alone',
    attributes: (salt) => parts(salt, 1, { turns: 0, bytes: 60 * MB }, { turns: 4, refers: false }),
    ...{ ...APP, there: [], here: partNames(1) },
  },
  {
    name: 'small inputs, a large output wanted back',
    attributes: (salt) => parts(salt, 2, SMALL, { turns: 12, bytes: 60 * MB }),
    ...{ ...NOWHERE, ...APP },
  },
  {
    name: 'all on the builder, 30 MB wanted back',
    attributes: (salt) => parts(salt, 2, SMALL, { turns: 8, bytes: 30 * MB }),
    ...{ ...APP, there: ['app'], here: [] },
  },
  {
    name: 'all on the runner',
    attributes: (salt) => parts(salt, 3, { bytes: MB }),
    ...{ ...APP, there: [], here: ['app'] },
  },
  {
    name: 'several outputs, half of them on the runner',
    attributes: (salt) => parts(salt, 8, { turns: 2, bytes: 5 * MB }),
    ...{ there: partNames(8), here: partNames(4), wanted: partNames(8), back: true },
  },
];
