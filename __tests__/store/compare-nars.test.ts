import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareNars } from '../../src/store/compare-nars.ts';
import { narOfPath } from '../../src/store/nar-of-path.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'compare-nars-'));
});

afterEach(() => rm(folder, { recursive: true }));

type Tree = Readonly<Record<string, string | Buffer>>;

async function tree(name: string, files: Tree): Promise<string> {
  const root = path.join(folder, name);
  for (const [file, text] of Object.entries(files)) {
    const place = path.join(root, file);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, text);
  }
  return root;
}

/** The same bytes in pieces that end where they like. */
async function* inPieces(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
  }
}

async function compare(one: string, other: string, mostListed?: number) {
  return compareNars(inPieces(narOfPath(one), 7), inPieces(narOfPath(other), 11), mostListed);
}

describe('compareNars', () => {
  it('finds nothing in equal trees', async () => {
    const files = { 'a/b': 'text', 'a/c': Buffer.alloc(100_000, 1), d: '' };
    const trees = await Promise.all(['one', 'other'].map((name) => tree(name, files)));
    expect(await compare(trees[0] ?? '', trees[1] ?? '')).toEqual({ files: [], more: 0 });
  });

  it('names what only one has, and where contents begin to differ', async () => {
    const one = await tree('one', {
      'a/only': 'x',
      'a/same': 'same',
      'a.b': 'beside the folder',
      late: Buffer.concat([Buffer.alloc(70_001, 1), Buffer.from('x')]),
      longer: 'same beginning, and more',
    });
    const other = await tree('other', {
      'a/same': 'same',
      'a.b': 'beside the folder',
      'b/new': 'y',
      late: Buffer.concat([Buffer.alloc(70_001, 1), Buffer.from('y')]),
      longer: 'same beginning',
    });
    expect((await compare(one, other)).files).toEqual([
      { kind: 'only-in-first', file: 'a/only' },
      { kind: 'only-in-second', file: 'b' },
      { kind: 'only-in-second', file: 'b/new' },
      { kind: 'contents', file: 'late', sizes: [70_002, 70_002], firstOffset: 70_001 },
      { kind: 'contents', file: 'longer', sizes: [24, 14], firstOffset: 14 },
    ]);
  });

  it('knows modes, types and targets', async () => {
    const one = await tree('one', { run: 'x', what: 'a file' });
    const other = await tree('other', { run: 'x' });
    await chmod(path.join(other, 'run'), 0o755);
    await symlink('run', path.join(other, 'what'));
    await symlink('here', path.join(one, 'link'));
    await symlink('there', path.join(other, 'link'));
    expect((await compare(one, other)).files).toEqual([
      { kind: 'target', file: 'link' },
      { kind: 'executable', file: 'run' },
      { kind: 'type', file: 'what' },
    ]);
  });

  it('lists no more than it is asked for, and counts the others', async () => {
    const one = await tree('one', { a: '1', b: '1', c: '1' });
    const other = await tree('other', { a: '2', b: '2', c: '2' });
    const { files, more } = await compare(one, other, 2);
    expect([files.length, more]).toEqual([2, 1]);
  });

  it.each([5, 100, 160])('refuses a NAR that is cut off after %i bytes', async (length) => {
    const root = await tree('one', { a: 'x'.repeat(100) });
    const cut = (async function* () {
      const chunks: Buffer[] = [];
      for await (const chunk of narOfPath(root)) chunks.push(chunk);
      yield Buffer.concat(chunks).subarray(0, length);
    })();
    await expect(compareNars(cut, narOfPath(root))).rejects.toMatchObject({ code: 'nar-invalid' });
  });
});
