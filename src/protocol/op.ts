/** Numbers of `WorkerProto::Op`. */
export const OP = {
  buildPaths: 9,
  ensurePath: 10,
  addTempRoot: 11,
  addIndirectRoot: 12,
  setOptions: 19,
  queryPathInfo: 26,
  queryValidPaths: 31,
  addSignatures: 37,
  narFromPath: 38,
  queryMissing: 40,
  queryDerivationOutputMap: 41,
  registerDrvOutput: 42,
  addMultipleToStore: 44,
  buildPathsWithResults: 46,
} as const;
