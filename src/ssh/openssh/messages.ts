/** Messages between the OpenSSH client and us (its PROTOCOL.mux). */
export const MUX = {
  hello: 0x00000001,
  proxyRequest: 0x1000000f,
  proxyGranted: 0x8000000f,
} as const;

export const MUX_VERSION = 4;

/** Messages of SSH's connection protocol (RFC 4254, 9). */
export const MESSAGE = {
  globalRequest: 80,
  requestFailure: 82,
  open: 90,
  openConfirmation: 91,
  openFailure: 92,
  windowAdjust: 93,
  data: 94,
  extendedData: 95,
  eof: 96,
  close: 97,
  request: 98,
  success: 99,
  failure: 100,
} as const;

/** The only kind of extended data there is (RFC 4254, 5.2). */
export const STDERR = 1;

/** What OpenSSH reads at a time, and what every SSH software takes (RFC 4253, 6.1). */
export const MAX_PACKET = 32 * 1024;
