/** The link's own thread, so that relaying neither disturbs who is measured nor waits for him. Started by link.ts. */
import { createServer, Socket, type AddressInfo } from 'node:net';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Clock } from './clock.ts';
import { Direction } from './direction.ts';
import { Pipe } from './pipe.ts';
import type { Counters, FaultKind, Reply, Request, Shape } from './shape.ts';

/** What link.ts starts the thread with. */
export interface LinkData {
  readonly targetPort: number;
  readonly shape: Shape;
}

interface Connection {
  readonly sockets: readonly Socket[];
  readonly pipes: readonly Pipe[];
}

class Relay {
  readonly #clock = new Clock();
  readonly #connections = new Set<Connection>();
  readonly #up: Direction;
  readonly #down: Direction;
  readonly #targetPort: number;
  readonly #post: (reply: Reply) => void;
  #handshake: boolean;
  #stalled = false;
  #cutting = false;
  #accepted = 0;

  constructor(data: LinkData, post: (reply: Reply) => void) {
    const strike = (id: number, kind: FaultKind) => this.#strike(id, kind);
    this.#up = new Direction('up', data.shape.up, strike);
    this.#down = new Direction('down', data.shape.down, strike);
    this.#handshake = data.shape.handshake;
    this.#targetPort = data.targetPort;
    this.#post = post;
  }

  accept(near: Socket): void {
    const far = new Socket({ allowHalfOpen: true });
    near.setNoDelay(true);
    far.setNoDelay(true);
    this.#accepted += 1;
    const opensAt = performance.now() + this.#handshakeMs();
    const context = {
      clock: this.#clock,
      isStalled: () => this.#stalled || this.#cutting,
      notBefore: opensAt,
    };
    const connection: Connection = {
      sockets: [near, far],
      pipes: [
        new Pipe({ near, far }, this.#up, context),
        new Pipe({ near: far, far: near }, this.#down, context),
      ],
    };
    this.#connections.add(connection);
    const forget = () => {
      if (near.destroyed && far.destroyed) {
        this.#connections.delete(connection);
      }
    };
    near.on('close', forget);
    far.on('close', forget);
    this.#clock.at(opensAt, () => far.destroyed || far.connect(this.#targetPort, '127.0.0.1'));
  }

  /** A server accepts one and a half round trips after the client's first packet has left. */
  #handshakeMs(): number {
    return this.#handshake ? 2 * this.#up.lane.delayMs + this.#down.lane.delayMs : 0;
  }

  handle(request: Request): void {
    switch (request.kind) {
      case 'shape':
        this.#up.lane = request.shape.up;
        this.#down.lane = request.shape.down;
        this.#handshake = request.shape.handshake;
        break;
      case 'arm':
        this.#directions[request.fault.direction].arm(request.id, request.fault);
        break;
      case 'stall':
        this.#stalled = true;
        break;
      case 'resume':
        this.#resume();
        break;
      case 'cut':
        this.#cut();
        break;
      case 'counters':
        break;
    }
    this.#post({ kind: 'answer', id: request.id, counters: this.#counters() });
  }

  get #directions(): Record<'up' | 'down', Direction> {
    return { up: this.#up, down: this.#down };
  }

  #strike(id: number, kind: FaultKind): void {
    if (kind === 'stall') {
      this.#stalled = true;
    } else if (kind === 'cut') {
      // Once what came before has been handed to the kernel.
      this.#cutting = true;
      setImmediate(() => this.#cut());
    }
    this.#post({ kind: 'fired', id });
  }

  #resume(): void {
    this.#stalled = false;
    for (const { pipes } of this.#connections) {
      pipes.forEach((pipe) => pipe.pump());
    }
  }

  #cut(): void {
    this.#cutting = false;
    for (const { sockets } of this.#connections) {
      sockets.forEach((socket) => socket.resetAndDestroy());
    }
  }

  #counters(): Counters {
    return {
      up: this.#up.delivered,
      down: this.#down.delivered,
      connections: this.#accepted,
      open: this.#connections.size,
    };
  }
}

/** A line does not wait for a processor. On Linux this is the priority of the calling thread alone. */
function hurry(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Not allowed: then the delay is less exact on a busy machine.
  }
}

function serve(port: NonNullable<typeof parentPort>, data: LinkData): void {
  const relay = new Relay(data, (reply) => port.postMessage(reply));
  const server = createServer({ allowHalfOpen: true }, (socket) => relay.accept(socket));
  port.on('message', (request: Request) => relay.handle(request));
  server.listen(0, '127.0.0.1', () => {
    const { port: listening } = server.address() as AddressInfo;
    port.postMessage({ kind: 'listening', port: listening } satisfies Reply);
  });
}

if (parentPort !== null) {
  hurry();
  serve(parentPort, workerData as LinkData);
}
