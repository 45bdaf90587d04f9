import { Complaints } from './complaints.ts';
import type { LocatedMachine } from './machine-entry.ts';
import { type Machine, machineName, sameMachine } from './machine.ts';
import { type MachinesContext, readMachineLines } from './machines-lines.ts';
import { readMachinesYaml } from './machines-yaml.ts';

export type { MachinesContext } from './machines-lines.ts';

/**
 * Parses the `builders` input: lines in Nix's machines format, or a YAML list (see {@link isYaml}).
 * @throws ActionError `machines-invalid` with everything that is wrong, by line and field
 */
export function parseBuilders(text: string, context: MachinesContext): readonly Machine[] {
  const complaints = new Complaints('machines-invalid', 'builders');
  const machines = isNixExpression(text)
    ? refuseNixExpression(complaints)
    : isYaml(text)
      ? readMachinesYaml(text, context.defaultSystems, complaints)
      : readMachineLines(text, context, complaints);
  const once = withoutRepetitions(machines, complaints);
  complaints.finish();
  return once;
}

/**
 * Whether it is YAML and not machines lines. Only the first line that holds anything but a comment decides, by what cannot begin a machine:
 * a hyphen and a blank (the field that says where the machine is has no default), a bracket or brace of JSON (`[::1]` is a host), a document's
 * mark, or a name with a colon and a blank after it.
 */
export function isYaml(text: string): boolean {
  const first = text.split('\n').find((line) => /^\s*[^#\s]/.test(line)) ?? '';
  return /^\s*(?:-(?:\s|$)|---|%YAML|\{|\[\s*(?:[{\]"'&*]|$)|["']?\w+["']?\s*:(?:\s|$))/.test(
    first,
  );
}

/** `hostName = "…"` is Nix's own language, which neither format can contain outside comments. */
function isNixExpression(text: string): boolean {
  return /^[^#\n]*\b(?:hostName|buildMachines)\s*=(?!=)/m.test(text);
}

function refuseNixExpression(complaints: Complaints): readonly LocatedMachine[] {
  complaints.add(
    'this is an expression in the Nix language',
    'Print it as JSON and paste that: `nix eval --json .#nixosConfigurations.NAME.config.nix.buildMachines`',
  );
  return [];
}

/** A machine that is named twice counts once; with other settings it would be two that share one name in every message. */
function withoutRepetitions(
  machines: readonly LocatedMachine[],
  complaints: Complaints,
): readonly Machine[] {
  const byName = new Map<string, LocatedMachine>();
  for (const located of machines) {
    const name = machineName(located.machine);
    const earlier = byName.get(name);
    if (earlier === undefined) byName.set(name, located);
    else if (!sameMachine(earlier.machine, located.machine)) {
      complaints.add(
        `${located.where}: ${name} has other settings than at ${earlier.where}`,
        'Name each machine once, with all of its systems and features.',
      );
    }
  }
  return [...byName.values()].map(({ machine }) => machine);
}
