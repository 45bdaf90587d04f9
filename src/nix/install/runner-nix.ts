import type { NixVersion } from '../version.ts';

/** The Nix of the runner, which may have to be installed before it can be used. */
export interface RunnerNix {
  /** Of one that is still to come. Of one that is there, the program itself tells. */
  readonly coming: NixVersion | undefined;
  /**
   * Resolves when it can be used. The first call begins to install one that is still to come, so that who needs none never has it.
   * @throws ActionError of install.ts
   */
  ready(): Promise<void>;
}

/** Nothing has to be done. */
export const NIX_IS_THERE: RunnerNix = { coming: undefined, ready: () => Promise.resolve() };
