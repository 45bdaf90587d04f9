/** As code in a table cell: text of a flake can break neither the table nor the page. */
export function code(text: string): string {
  return `<code>${escapeText(onOneLine(text))}</code>`;
}

/** A box that stands out. */
export function warningBox(text: string): string {
  return `> [!WARNING]\n> ${escapeText(onOneLine(text))}`;
}

/** Every character that Markdown, a table or HTML gives a meaning, as a reference. */
export function escapeText(text: string): string {
  return text.replaceAll(/[&<>|`*_~[\]\\#@!:$]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
