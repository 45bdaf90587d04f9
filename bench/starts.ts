import type { Hosts } from './hosts.ts';
import type { Starts } from './ours/starts.ts';

/** Seconds that our programs take to start, and Node with nothing to do. */
export async function measureStarts({ runner }: Hosts): Promise<Starts> {
  const argv = ['node', '/checkout/bench/ours/starts.ts'];
  return JSON.parse(await runner.output(argv, { user: 'trusted' })) as Starts;
}
