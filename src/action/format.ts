export { formatBytes, formatSeconds, plural } from '../domain/format.ts';
