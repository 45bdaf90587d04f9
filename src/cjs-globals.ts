/**
 * ssh2 is CommonJS and reads `__dirname` while it loads (lib/protocol/crypto/poly1305.js), which an ES module does not have and ncc does
 * not supply (vercel/ncc issues 754 and 895). So this must be the first import of an entry. The one module whose import has an effect.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const globals = globalThis as { __filename?: string; __dirname?: string };
globals.__filename ??= fileURLToPath(import.meta.url);
globals.__dirname ??= path.dirname(globals.__filename);
