/** A failure of the lab itself or of something it waited for; the log of that thing is part of the message. */
export class LabError extends Error {
  override readonly name = 'LabError';

  constructor(message: string, log = '') {
    const tail = log.trim().split('\n').slice(-40).join('\n');
    super(tail === '' ? message : `${message}\n--- its log ---\n${tail}`);
  }
}
