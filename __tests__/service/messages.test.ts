import { expect, test } from 'vitest';
import { parseAssignment, parseSetUpAnswer } from '../../src/service/messages.ts';

test.each([
  { inputs: { a: 'b' }, workspace: '/w', folder: '/f', job: { pid: 1, startTime: '2' } },
  { inputs: {}, workspace: '/w', folder: '/f', job: undefined },
])('an assignment is read as it was written', (assignment) => {
  expect(parseAssignment(JSON.stringify(assignment))).toEqual(assignment);
});

test.each(['', '[]', '{}', '{"inputs":{"a":1},"workspace":"","folder":""}'])(
  'no assignment: %s',
  (json) => {
    expect(() => parseAssignment(json)).toThrow();
  },
);

test.each([
  { kind: 'ready', remote: 'r', detail: 'd', warnings: ['w'] },
  { kind: 'failed', code: 'key-invalid', message: 'm', hint: 'h' },
  { kind: 'failed', code: 'key-invalid', message: 'm', hint: undefined },
])('an answer is read as it was written', (answer) => {
  expect(parseSetUpAnswer(JSON.stringify(answer))).toEqual(answer);
});

test('a failure of a kind that nobody knows is one of ours', () => {
  const answer = parseSetUpAnswer('{"kind":"failed","code":"moon","message":"m"}');
  expect(answer).toMatchObject({ code: 'internal', message: 'm' });
});
