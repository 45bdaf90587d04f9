import { exitSoon, warnOnCrash } from './action/crash.ts';
import { cleanup } from './cleanup.ts';

warnOnCrash();
await cleanup();
exitSoon();
