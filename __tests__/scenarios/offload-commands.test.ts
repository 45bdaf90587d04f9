import { describeSameAsWithout } from '../helpers/offload-same.ts';

// All pairs of versions: offload-versions.matrix.test.ts.
describeSameAsWithout('sid', ['sid']);
