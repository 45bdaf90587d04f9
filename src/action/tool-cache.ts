import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { atMost } from './at-most.ts';
import { HttpFailure, type ToolCache } from '../nix/install/downloads.ts';

/** What a kept file is called in its folder. */
const FILE = 'archive';

/** Milliseconds that a server may be silent before the first byte of a small text, and between two tries. */
const READ_LIMIT = 10_000;
const READ_PAUSE = 1000;

/** Bytes of a small text: it holds one line. */
const LONGEST_TEXT = 64 * 1024;

/**
 * The runner's tool cache. The toolkit is loaded when something is asked of it: most runs never do.
 * Without RUNNER_TOOL_CACHE nothing is kept.
 */
export function toolCache(env: NodeJS.ProcessEnv): ToolCache {
  const isKept = (env['RUNNER_TOOL_CACHE'] ?? '') !== '';
  return {
    find: async (tool, version) => {
      if (!isKept) return undefined;
      const { find } = await import('@actions/tool-cache');
      const folder = find(tool, version);
      return folder === '' ? undefined : path.join(folder, FILE);
    },
    keep: async (file, tool, version) => {
      if (!isKept) return;
      const { cacheFile } = await import('@actions/tool-cache');
      await cacheFile(file, FILE, tool, version);
    },
    download: async (url, file) => {
      const { downloadTool, HTTPError } = await import('@actions/tool-cache');
      await downloadTool(url, file).catch((error: unknown) => {
        if (!(error instanceof HTTPError) || error.httpStatusCode === undefined) throw error;
        throw new HttpFailure(error.httpStatusCode);
      });
    },
    read: (url) =>
      read(url).catch(async (error: unknown) => {
        if (error instanceof HttpFailure && error.status < 500) throw error;
        await delay(READ_PAUSE);
        return read(url);
      }),
  };
}

async function read(url: string): Promise<string> {
  const { HttpClient } = await import('@actions/http-client');
  const client = new HttpClient('nix-remote-build', [], {
    allowRetries: false,
    socketTimeout: READ_LIMIT,
  });
  const { message } = await client.get(url);
  if (message.statusCode !== 200) throw new HttpFailure(message.statusCode ?? 0);
  const silence = (): void =>
    void message.destroy(new Error(`no end within ${READ_LIMIT / 1000} s`));
  const timer = setTimeout(silence, READ_LIMIT);
  try {
    return await text(atMost(message, LONGEST_TEXT));
  } finally {
    clearTimeout(timer);
  }
}
