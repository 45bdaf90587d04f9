import './cjs-globals.ts';
import { failOnCrash } from './action/crash.ts';
import { run } from './run.ts';

failOnCrash();
await run();
