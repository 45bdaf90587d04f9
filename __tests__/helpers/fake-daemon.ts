import type { Builder } from '../../lab/index.ts';

const FOLDER = '/opt/fake';

/**
 * Installs a program on a builder that takes the place of `nix-daemon --stdio`: the far side of a wire that no real daemon of today
 * would be.
 * @param script text of a Node module, after {@link PRELUDE}
 * @returns the parameter of a store URI that has it run
 */
export async function installFakeDaemon(
  builder: Builder,
  name: string,
  script: string,
): Promise<string> {
  const program = `bin/${name}`;
  await builder.write(FOLDER, { [program]: `#!/usr/local/bin/node\n${PRELUDE}\n${script}\n` });
  return `remote-program=${FOLDER}/${program}`;
}

/**
 * What such a program can use: `u64`, `text` and `list` make bytes of the worker protocol, `say` sends them, `GREETING` is what a
 * daemon of protocol 1.37 says first. `serve(answers)` reads requests and sends what `answers` has for each, by name; what it does
 * not have has an honest answer of a store in which everything is valid and every path is one file: `content`.
 */
const PRELUDE = `
const { createHash } = require('node:crypto');
const { writeSync } = require('node:fs');

const u64 = (number) => { const buffer = Buffer.alloc(8); buffer.writeBigUInt64LE(BigInt(number)); return buffer; };
const text = (string) => {
  const bytes = Buffer.from(string);
  return Buffer.concat([u64(bytes.length), bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
};
const list = (strings) => Buffer.concat([u64(strings.length), ...strings.map(text)]);
const say = (...buffers) => {
  let rest = Buffer.concat(buffers);
  while (rest.length > 0) {
    try { rest = rest.subarray(writeSync(1, rest)); } catch (error) { if (error.code !== 'EAGAIN') process.exit(1); }
  }
};
const LAST = u64(0x616c7473);
const GREETING = Buffer.concat([u64(0x6478696f), u64(0x125), text('2.34.8'), u64(1), LAST]);

const content = 'whatever you like\\n';
const nar = Buffer.concat(['nix-archive-1', '(', 'type', 'regular', 'contents', content, ')'].map(text));
const pathInfo = ({ hash = createHash('sha256').update(nar).digest('hex'), references = [], size = nar.length } = {}) =>
  Buffer.concat([u64(1), text(''), text(hash), list(references), u64(0), u64(size), u64(0), list([]), text('')]);

const HONEST = {
  QueryValidPaths: (paths) => list(paths),
  AddTempRoot: () => u64(1),
  QueryPathInfo: () => pathInfo(),
  NarFromPath: () => nar,
};
const READERS = {
  31: ['QueryValidPaths', async () => { const paths = []; for (let n = await number(); n > 0; n--) paths.push(await string()); await number(); return paths; }],
  11: ['AddTempRoot', () => string()],
  26: ['QueryPathInfo', () => string()],
  38: ['NarFromPath', () => string()],
};

let input = Buffer.alloc(0);
const chunks = process.stdin[Symbol.asyncIterator]();
async function bytes(count) {
  while (input.length < count) {
    const { done, value } = await chunks.next();
    if (done) process.exit(0);
    input = Buffer.concat([input, value]);
  }
  const taken = input.subarray(0, count);
  input = input.subarray(count);
  return taken;
}
async function number() { return Number((await bytes(8)).readBigUInt64LE()); }
async function string() {
  const length = await number();
  return (await bytes(length + ((8 - (length % 8)) % 8))).subarray(0, length).toString();
}
async function serve(answers) {
  say(GREETING);
  await bytes(4 * 8);
  for (;;) {
    const [name, read] = READERS[await number()] ?? process.exit(2);
    const argument = await read();
    say(LAST, (answers[name] ?? HONEST[name])(argument));
  }
}
`;
