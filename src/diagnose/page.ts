import { CHAPTERS, type Cause } from './cause.ts';

const HEAD = `# Troubleshooting

<!-- Generated from src/diagnose/ by scripts/generate-docs.ts: correct it there. -->

Find the line that failed the step. \`…\` stands for what differs. The word in brackets is the error's code: in \`results\` for what happened to an attribute, in the
debug log for all. Messages of ours come first in each chapter, then those of Nix, OpenSSH and shells. Where several stand in a log, the earliest counts:
later ones mostly repeat it. The link behind each leads to the test that makes it happen; \`wording only\` marks what is known by its text alone.
`;

/** docs/troubleshooting.md as a whole, before it is formatted. */
export function troubleshootingPage(catalogue: readonly Cause[]): string {
  const chapters = CHAPTERS.flatMap((chapter) => {
    const rows = catalogue.filter((cause) => cause.chapter === chapter);
    return rows.length === 0 ? [] : [`## ${chapter}`, ...rows.map(entry)];
  });
  return `${[HEAD.trimEnd(), ...chapters].join('\n\n')}\n`;
}

function entry(cause: Cause): string {
  const code = cause.code === undefined ? '' : ` [${cause.code}]`;
  const heading = `### ${codeSpan(cause.message)}${code}`;
  return [heading, `${general(cause.why)} ${general(cause.remedy)}`, source(cause)].join('\n\n');
}

/** Who says it, and what shows it. */
function source({ source: by, shown }: Cause): string {
  const who = { client: 'This action', daemon: 'A Nix daemon', tools: 'Nix, OpenSSH or a shell' }[
    by
  ];
  const name = shown.slice(shown.lastIndexOf('/') + 1);
  const link = shown === 'captured' ? 'wording only' : `[${name}](../${shown})`;
  return `<sub>${who} · ${link}</sub>`;
}

/** What a pattern names is not known on a page. */
function general(text: string): string {
  return text.replaceAll('{machine}', 'that machine').replace(/\{([a-z]+)\}/gi, '…');
}

function codeSpan(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
