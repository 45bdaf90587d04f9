import path from 'node:path';
import { SYSTEM, writeFlake, type NixHost, type UserName } from '../lab/index.ts';
import type { Derivation } from './ours/request.ts';

/** One derivation that refers to the outputs of all others, and they know nothing of each other. */
const EXPRESSION = `
{ salt, others }:
let
  bin = ./bin;
  make = name: script: derivation {
    name = "\${name}-\${salt}";
    system = "${SYSTEM}";
    builder = "\${bin}/busybox";
    args = [ "sh" "-e" "-c" script ];
  };
  parts = builtins.genList (index: make "part\${toString index}" "echo \${toString index} > $out") others;
in
make "all" "echo \${toString parts} > $out"
`;

/** Makes derivations and files that no store has seen. */
export class Fresh {
  readonly #host: NixHost;
  readonly #user: UserName;
  readonly #folder: string;
  #rounds = 0;

  private constructor(host: NixHost, user: UserName, folder: string) {
    this.#host = host;
    this.#user = user;
    this.#folder = folder;
  }

  /** @param folder of the host, for what it writes; by its name the derivations differ from those of another folder */
  static async prepare(host: NixHost, user: UserName, folder: string): Promise<Fresh> {
    await writeFlake(host, folder, {}, user);
    await host.write(folder, { 'fresh.nix': EXPRESSION }, user);
    return new Fresh(host, user, folder);
  }

  /** The command that evaluates so many derivations, and prints the one that refers to all others. */
  evaluation(count: number): readonly string[] {
    this.#rounds += 1;
    const name = `${path.basename(this.#folder)}-${this.#host.name}-${this.#rounds}`;
    const salt = ['--argstr', 'salt', name];
    const others = ['--arg', 'others', `${count - 1}`];
    return ['nix-instantiate', `${this.#folder}/fresh.nix`, ...salt, ...others];
  }

  /** Evaluates so many derivations. @returns the one that refers to all others */
  async derivations(count: number): Promise<Derivation> {
    const drvPath = await this.#host.output(this.evaluation(count), { user: this.#user });
    const query = ['nix-store', '--query', '--outputs', drvPath];
    return { drvPath, output: await this.#host.output(query, { user: this.#user }) };
  }

  /** A file of about so many bytes that no compression makes smaller; every call replaces it. */
  async file(bytes: number): Promise<string> {
    const file = `${this.#folder}/file`;
    const script = `test -e ${file} || head -c ${bytes} /dev/urandom > ${file}; echo >> ${file}`;
    await this.#host.output(['sh', '-c', script], { user: this.#user });
    return file;
  }
}
