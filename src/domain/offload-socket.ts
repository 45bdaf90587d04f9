/** File name of every offload socket: by it a step knows that a socket of the environment is one of ours. */
export const OFFLOAD_SOCKET_NAME = 'nix-remote-build.sock';

/** Whether a path of a daemon's socket is that of an offload socket. */
export function isOffloadSocket(path: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1) === OFFLOAD_SOCKET_NAME;
}
