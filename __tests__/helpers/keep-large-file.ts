/** A program that keeps a file of so many bytes and has it back, as main and post do; prints the most memory that it had, in KiB. */
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { startJob } from './kept.ts';

const [size = '0', privateKey = ''] = process.argv.slice(2);
const options = { env: process.env, privateKey };

await using first = await startJob(options);
const file = path.join(first.folder, 'file');
await using handle = await open(file, 'wx');
await handle.truncate(Number(size));
await first.kept.keepFile('large', file);
const report = await first.post();
await using next = await startJob(options);
const restored = path.join(next.folder, 'restored');
const found = await next.kept.findFile('large', restored);
const bytes = found === undefined ? 0 : (await stat(restored)).size;
process.stdout.write(
  JSON.stringify({ saved: report?.saved, bytes, kib: process.resourceUsage().maxRSS }),
);
