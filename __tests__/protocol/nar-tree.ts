import fc from 'fast-check';
import * as nar from '../../src/protocol/nar/nar-writer.ts';

/** What a NAR can hold. */
export type Tree =
  | { readonly type: 'file'; readonly content: Uint8Array; readonly executable: boolean }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'folder'; readonly entries: readonly (readonly [string, Tree])[] };

export function narOf(tree: Tree): Buffer {
  return Buffer.concat([nar.narStart(), ...node(tree)]);
}

/** An empty file within so many folders; not by recursion, which would not get that deep. */
export function deepNar(depth: number): Buffer {
  const name = nar.entryStart(Buffer.from('d'));
  const times = (...parts: Buffer[]) => Array.from({ length: depth }, () => parts).flat();
  return Buffer.concat([
    nar.narStart(),
    ...times(nar.folderStart(), name),
    ...node({ type: 'file', content: Buffer.alloc(0), executable: false }),
    ...times(nar.ENTRY_END, nar.FOLDER_END),
  ]);
}

function node(tree: Tree): Buffer[] {
  switch (tree.type) {
    case 'file':
      return [
        nar.fileStart(tree.content.length, tree.executable),
        Buffer.from(tree.content),
        nar.fileEnd(tree.content.length),
      ];
    case 'symlink':
      return [nar.symlink(Buffer.from(tree.target))];
    case 'folder':
      return [nar.folderStart(), ...tree.entries.flatMap(entry), nar.FOLDER_END];
  }
}

function entry([name, tree]: readonly [string, Tree]): Buffer[] {
  return [nar.entryStart(Buffer.from(name)), ...node(tree), nar.ENTRY_END];
}

const fileName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((name) => !/[/\0]/.test(name) && name !== '.' && name !== '..' && name.isWellFormed());

export const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.record({
      type: fc.constant('file' as const),
      content: fc.uint8Array({ maxLength: 100 }),
      executable: fc.boolean(),
    }),
    fc.record({ type: fc.constant('symlink' as const), target: fc.string({ minLength: 1 }) }),
    fc.record({
      type: fc.constant('folder' as const),
      entries: fc
        .uniqueArray(fc.tuple(fileName, tie('tree')), { selector: ([name]) => name, maxLength: 5 })
        .map((entries) =>
          entries.toSorted(([a], [b]) => nar.compareNames(Buffer.from(a), Buffer.from(b))),
        ),
    }),
  ),
}));
