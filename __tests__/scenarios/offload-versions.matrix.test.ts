import { SUITES } from '../../lab/index.ts';
import { describeSameAsWithout } from '../helpers/offload-same.ts';

for (const suite of SUITES) describeSameAsWithout(suite, SUITES);
