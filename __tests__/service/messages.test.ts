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

test('an assignment that was cut off is not told', () => {
  const whole = JSON.stringify({ inputs: { 'ssh-key': 'BEGIN', other: 'BEGIN' } });
  for (let length = 0; length < whole.length; length += 1) {
    expect(() => parseAssignment(whole.slice(0, length))).toThrow(/^the assignment is not whole$/);
  }
});

test.each([
  { kind: 'ready', remote: 'r', detail: 'd', warnings: ['w'], exports: { A: 'b' } },
  { kind: 'failed', code: 'key-invalid', message: 'm', hint: 'h' },
  { kind: 'failed', code: 'key-invalid', message: 'm', hint: undefined },
])('an answer is read as it was written', (answer) => {
  expect(parseSetUpAnswer(JSON.stringify(answer))).toEqual(answer);
});

test('a failure of a kind that nobody knows is one of ours', () => {
  const answer = parseSetUpAnswer('{"kind":"failed","code":"moon","message":"m"}');
  expect(answer).toMatchObject({ code: 'internal', message: 'm' });
});
