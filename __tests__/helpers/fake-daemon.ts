import type { Builder } from '../../lab/index.ts';

const FOLDER = '/opt/fake';

/**
 * Installs a program on a builder that says what it is told to, in the place of `nix-daemon --stdio`: the far side of a wire that
 * no real daemon of today would be.
 * @param script text of a Node module; `u64(n)` and `text(s)` are bytes of the worker protocol, `say(...buffers)` sends them
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

/** CommonJS, for a file without an extension and a package.json is that. */
const PRELUDE = `
const { writeSync } = require('node:fs');
const u64 = (number) => { const buffer = Buffer.alloc(8); buffer.writeBigUInt64LE(BigInt(number)); return buffer; };
const text = (string) => {
  const bytes = Buffer.from(string);
  return Buffer.concat([u64(bytes.length), bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
};
const say = (...buffers) => {
  let rest = Buffer.concat(buffers);
  while (rest.length > 0) {
    try { rest = rest.subarray(writeSync(1, rest)); } catch (error) { if (error.code !== 'EAGAIN') process.exit(1); }
  }
};
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
`;
