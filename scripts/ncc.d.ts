declare module '@vercel/ncc' {
  interface Options {
    readonly cache?: boolean;
    readonly quiet?: boolean;
    readonly license?: string;
  }
  interface Asset {
    readonly source: string | Buffer;
  }
  /** Bundles an entry and all it imports into `code`; `assets` are further files by name. */
  export default function ncc(
    entry: string,
    options: Options,
  ): Promise<{ readonly code: string; readonly assets: Readonly<Record<string, Asset>> }>;
}
