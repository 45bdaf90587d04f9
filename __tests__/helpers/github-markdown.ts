import rehypeRaw from 'rehype-raw';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';

const renderer = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  // Modelled on what GitHub lets through.
  .use(rehypeSanitize, defaultSchema)
  .use(rehypeStringify);

/** The HTML that GitHub would show of Markdown, as far as packages of others know. */
export function githubHtml(markdown: string): string {
  return String(renderer.processSync(markdown));
}
