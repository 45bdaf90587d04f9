import type { StepReport } from '../../build/step-request.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { DrvPath } from '../../domain/store-path.ts';
import { quoteCommand } from '../../ssh/shell-quote.ts';
import { preformatted } from '../markdown.ts';

/** What a person types at home to see this failure; nothing where nothing of it could be seen there. */
export function commandsFor(
  report: StepReport,
  outcome: Outcome,
  culprit: DrvPath | undefined,
): readonly string[] {
  switch (outcome.status) {
    case 'evaluation-failed':
      return shown([`nix eval ${target(report, outcome, '.drvPath')} --show-trace`]);
    case 'failed':
    case 'dependency-failed':
    case 'timed-out':
    case 'not-deterministic': {
      const build = `nix build ${target(report, outcome)} --print-build-logs`;
      const hasStore = report.mode === 'remote-store' && /^[a-z-]+:\S+$/.test(report.remote);
      if (culprit === undefined || !hasStore) return shown([build]);
      return shown([build, `nix log --store ${quote(report.remote)} ${quote(culprit)}`]);
    }
    case 'built':
    case 'substituted':
    case 'cached':
    case 'unsupported-system':
    case 'connection-lost':
    case 'cancelled':
      return [];
  }
}

function shown(commands: readonly string[]): readonly string[] {
  return ['To see it for yourself:', preformatted(commands.join('\n'))];
}

/** As `nix build` takes it; `member` is of the attribute. */
function target({ source }: StepReport, { installable, attribute }: Outcome, member = ''): string {
  switch (source.kind) {
    case 'file':
      return `--file ${quote(source.file)} ${quote(attribute + member)}`;
    case 'expr':
      return `--expr ${quote(source.expr)} ${quote(attribute + member)}`;
    case 'flake': {
      // Of what could not be looked up, no more is known than what was asked for.
      if (attribute === installable) return quote(installable);
      return quote(`${installable.split('#', 1)[0] ?? '.'}#${attribute}${member}`);
    }
  }
}

function quote(word: string): string {
  return quoteCommand([word]);
}
