import type { DrvPath, StorePath } from './store-path.ts';

/** What a store can be asked to make valid: a path, or outputs of a derivation. */
export type DerivedPath =
  | { readonly kind: 'opaque'; readonly path: StorePath }
  | { readonly kind: 'built'; readonly drvPath: DrvPath; readonly outputs: OutputSelection };

/** Which outputs of a derivation: all of them (`^*`), or these (`^out,dev`). */
export type OutputSelection = 'all' | readonly string[];
