/** Small writes that wait for the same turn leave as packets of up to this size. */
const WRITE_BATCH = 64 * 1024;

/** Joins neighbours as long as the sum stays within one batch; larger chunks stay as they are. */
export function writeBatches(chunks: readonly Buffer[]): Buffer[] {
  const batches: Buffer[][] = [];
  let size = WRITE_BATCH;
  for (const chunk of chunks) {
    if (size + chunk.length > WRITE_BATCH) {
      batches.push([chunk]);
      size = chunk.length;
    } else {
      batches.at(-1)?.push(chunk);
      size += chunk.length;
    }
  }
  return batches.map((group) => {
    const [only, ...others] = group;
    return only !== undefined && others.length === 0 ? only : Buffer.concat(group);
  });
}
