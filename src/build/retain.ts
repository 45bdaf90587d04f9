import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ActionError, toError } from '../domain/errors.ts';
import { plural } from '../domain/format.ts';
import type { StorePath } from '../domain/store-path.ts';
import { runNix } from '../nix/nix-command.ts';
import type { SshConnection } from '../ssh/connection.ts';
import type { BuildPlace } from './place.ts';
import type { StepContext } from './step-request.ts';

/** How long a place may take for it, in milliseconds. */
const LIMIT_MS = 120_000;

/** What the script says when all is done. */
const DONE = 'retained';

/**
 * Roots are links in a folder of the user's, each named after the second when it expires: any later step of his removes those that have.
 * Indirect roots are for everybody to make (AddIndirectRoot), in every Nix.
 */
const SCRIPT = `
folder="\${XDG_STATE_HOME:-$HOME/.local/state}/nix-remote-build/roots"
mkdir -p "$folder" || exit 1
now=$(date +%s)
for link in "$folder"/*; do
  name="\${link##*/}"
  [ -L "$link" ] && [ "\${name%%-*}" -le "$now" ] 2>/dev/null && rm -f "$link"
done
end=$((now + $1))
while read -r path; do
  nix-store --realise "$path" --add-root "$folder/$end-\${path##*/}" --indirect >/dev/null || exit 1
done
echo ${DONE}
`;

/** Where outputs are: `way` leads there, undefined for this machine. */
interface RetainingPlace {
  readonly place: Pick<BuildPlace, 'label'>;
  readonly way?: Way | undefined;
}

interface Way {
  readonly connection: (signal: AbortSignal) => Promise<Pick<SshConnection, 'exec'>>;
}

type RetainContext = Pick<StepContext, 'env' | 'temporaryDirectory' | 'observe' | 'signal'>;

/** Protects paths from garbage collection where they are, and tells where that cannot be done; not where the step was cancelled. */
export async function retainAt(
  { place: { label }, way }: RetainingPlace,
  paths: readonly StorePath[],
  seconds: number,
  { env, temporaryDirectory, observe, signal }: RetainContext,
): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const input = paths.map((path) => `${path}\n`).join('');
  const args = ['-c', SCRIPT, 'retain', String(seconds)];
  try {
    const said = way
      ? await overSsh(way, args, input, until)
      : await runNix({
          ...{ nix: '/bin/sh', args, input, env, signal: until },
          workingDirectory: temporaryDirectory,
        }).then(({ stdout }) => stdout);
    if (said.trim() !== DONE)
      throw new ActionError('daemon-error', 'it makes no roots for this user');
    observe({ kind: 'line', text: `${label} retains ${plural(paths.length, 'path')}` });
  } catch (error) {
    if (signal.aborted) return;
    const why = until.aborted
      ? `it takes longer than ${LIMIT_MS / 1000} s`
      : toError(error).message;
    observe({
      kind: 'warning',
      text: `retain: ${label} does not keep the outputs any longer than it likes: ${why}. It takes the right to run \`sh\` and \`nix-store\` there.`,
    });
  }
}

async function overSsh(
  { connection }: Way,
  args: readonly string[],
  input: string,
  signal: AbortSignal,
): Promise<string> {
  const { duplex } = await (await connection(signal)).exec(['sh', ...args]);
  addAbortSignal(signal, duplex); // it may have fired while that was waited for
  duplex.end(input);
  return text(duplex);
}
