import type { Offer } from '../plan/route.ts';
import { narOfPath } from '../store/nar-of-path.ts';
import type { BuildPlace } from './place.ts';

/** The local store, which builds by itself. */
export class LocalPlace implements BuildPlace {
  readonly label = 'this machine';

  /** Nothing goes anywhere. */
  readonly inputs = { remoteUser: '', remoteSettings: () => Promise.resolve(undefined) };

  readonly offer = (): Promise<Offer> =>
    Promise.resolve({ machines: [], others: 'possible', capacity: 1 });

  readonly lost = new Promise<Error>(() => undefined);
  readonly bytesSent = 0;
  readonly bytesReceived = 0;

  readonly dump = (path: string): Promise<AsyncIterable<Buffer>> =>
    Promise.resolve(narOfPath(path));

  readonly builderOf = (machine: string | undefined): string | undefined =>
    machine === undefined ? undefined : this.label;

  readonly rename = (text: string): string => text;
  readonly trustRemedy = (): undefined => undefined;
  readonly lossOf = (): undefined => undefined;

  /** There is no link. */
  readonly close = (): void => undefined;
}
