import type { Result } from './result.ts';
export async function writeDocs(results: readonly Result[]): Promise<void> {
  await Promise.resolve();
  void results;
}
