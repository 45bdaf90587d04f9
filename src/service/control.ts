import { createServer, type Server, type Socket } from 'node:net';

/** The word that ends an offload process. */
export const STOP = 'stop\n';

/** Characters that are read of whoever does not know the word. */
const MAX_REQUEST = 100;

/** Where post tells an offload process to end. */
export class ControlServer {
  /** Resolves when somebody has asked for the end, with the function that answers. */
  readonly stopped: Promise<(answer: string) => Promise<void>>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    this.stopped = new Promise((resolve) => {
      server.on('connection', (socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
        hear(socket, () => resolve((answer) => write(socket, answer)));
      });
    });
  }

  /** @param path of the socket, in a folder that nobody else may enter */
  static async listen(path: string): Promise<ControlServer> {
    const server = createServer({ allowHalfOpen: true });
    const control = new ControlServer(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    return control;
  }

  /** Also ends the connection of who was answered, which tells that this process is gone. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

function hear(socket: Socket, onStop: () => void): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text === STOP) onStop();
    else if (text.length > MAX_REQUEST) socket.destroy();
  });
  socket.on('end', () => {
    if (text !== STOP) socket.destroy();
  });
}

/** Resolves when the text is on its way, or the other side gone. */
function write(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.write(text, () => resolve());
  });
}
