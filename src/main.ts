import './cjs-globals.ts';
import { exitSoon, failOnCrash } from './action/crash.ts';
import { run } from './run.ts';

failOnCrash();
await run();
exitSoon();
