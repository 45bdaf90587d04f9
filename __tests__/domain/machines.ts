import { type Machine, parseMachineSystem } from '../../src/domain/machine.ts';

/** Base64 of a host key's line. */
export const HOST_KEY = Buffer.from(
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHxkfmRCm4CpTOIcwlnQ4BqIwYxLH9rLlyGpDJhTMGCn',
).toString('base64');

/** A machine with every default, read by a runner that is an x86_64-linux, but for what is given. */
export function plainMachine(
  settings: Partial<Omit<Machine, 'systems'>> & { readonly systems?: readonly string[] },
): Machine {
  return {
    protocol: 'ssh-ng',
    user: undefined,
    host: 'builder',
    port: 22,
    sshKey: undefined,
    publicHostKey: undefined,
    compress: false,
    remoteProgram: [],
    remoteStore: undefined,
    maxJobs: 1,
    speedFactor: 1,
    supportedFeatures: [],
    mandatoryFeatures: [],
    ...settings,
    systems: (settings.systems ?? ['x86_64-linux']).map(parseMachineSystem),
  };
}
