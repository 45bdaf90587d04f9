import { formatBytes } from './format.ts';
import type { StorePath } from './store-path.ts';
import { printable } from './text.ts';

/** What is different of one file, folder or symlink that stands at the same place in two trees. */
export type FileDifference =
  | { readonly kind: 'only-in-first' | 'only-in-second'; readonly file: string }
  /** One is a file, for instance, and the other a symlink. */
  | { readonly kind: 'type'; readonly file: string }
  /** One may be executed. */
  | { readonly kind: 'executable'; readonly file: string }
  | { readonly kind: 'target'; readonly file: string }
  | {
      readonly kind: 'contents';
      readonly file: string;
      /** Bytes of the file in each tree. */
      readonly sizes: readonly [number, number];
      /** The first byte that differs, or that only one of them has; from 0. */
      readonly firstOffset: number;
    };

/** How two trees differ. */
export interface TreeDifference {
  /** By their paths, as many as are worth telling. */
  readonly files: readonly FileDifference[];
  /** How many more there are. */
  readonly more: number;
}

/** An output that came out in two ways. */
export interface OutputDifference {
  readonly path: StorePath;
  /** Where each of the two trees is, for people; undefined for one that is not there any more. */
  readonly places: readonly [string, string | undefined];
  /** Undefined where a tree could not be read. */
  readonly difference: TreeDifference | undefined;
}

/** One line on a file: `bin/hello: 64 B and 70 B, from byte 12 on`. */
export function describeFile(difference: FileDifference): string {
  const name = difference.file === '' ? 'the file itself' : printable(difference.file);
  switch (difference.kind) {
    case 'only-in-first':
      return `${name}: only in the first`;
    case 'only-in-second':
      return `${name}: only in the second`;
    case 'type':
      return `${name}: of another type`;
    case 'executable':
      return `${name}: executable in one only`;
    case 'target':
      return `${name}: a symlink to elsewhere`;
    case 'contents': {
      const [one, other] = difference.sizes.map(formatBytes);
      return `${name}: ${one} and ${other}, from byte ${difference.firstOffset} on`;
    }
  }
}
