import './cjs-globals.ts';
import { note, serve } from './serve.ts';

function crash(thrown: unknown): never {
  note(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  process.exit(1);
}

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
await serve();
process.exit();
