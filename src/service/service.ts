import type { OffloadReport } from '../build/offload-report.ts';
import type { Ready } from './start.ts';

/** What serves later steps until the job's end. */
export interface Service {
  readonly ready: Ready;
  /** Ends everything, what still builds included. */
  stop(): Promise<OffloadReport>;
}
