import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ControlReply, NodeView } from '../../../src/core/wire/control.ts';
import { decodeControlReply } from '../../../src/core/wire/control-reply.ts';
import { decodeControlRequest } from '../../../src/core/wire/control-request.ts';

const view: NodeView = {
  name: 'h1',
  state: 'ok',
  destination: 'h1',
  load: 1,
  loadavg: 1,
  cpus: 2,
  freeBytes: 1,
  totalBytes: 2,
  jobs: 0,
  loadWeight: 1,
  memoryWeight: 1,
  ageSeconds: 0,
  cost: null,
  self: true,
  note: '',
};

describe('replies', () => {
  const placed = {
    op: 'placed',
    id: 1,
    job: 2,
    node: 'h1',
    destination: 'h1',
    here: true,
  } as const;
  const replies: ControlReply[] = [
    { ...placed, ranking: [view] },
    { op: 'refused', id: 1, reason: 'none', ranking: [] },
    { op: 'best', id: 1, node: view },
    { op: 'nodes', id: 1, nodes: [view, view] },
    { op: 'jobs', id: 1, jobs: [] },
    { op: 'error', reason: 'no' },
    { op: 'error', id: 3, reason: 'no' },
  ];

  it.each(replies)('are read as they were sent: $op', (reply) => {
    expect(decodeControlReply(JSON.stringify(reply))).toEqual(reply);
  });

  it.each(replies.flatMap((reply) => Object.keys(reply).map((key) => ({ reply, key }))))(
    'are none without $key: $reply.op',
    ({ reply, key }) => {
      if (reply.op === 'error' && key === 'id') return;
      const cut = Object.fromEntries(Object.entries(reply).filter(([name]) => name !== key));
      expect(decodeControlReply(JSON.stringify(cut))).toBeUndefined();
    },
  );

  it('never send ssh an option for a destination', () => {
    const evil = '-oProxyCommand=id';
    for (const reply of [
      { ...placed, destination: evil, ranking: [] },
      { op: 'best', id: 1, node: { ...view, destination: evil } },
    ]) {
      expect(decodeControlReply(JSON.stringify(reply))).toBeUndefined();
    }
  });
});

describe('what is no request or reply', () => {
  it('never throws', () => {
    const line = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
    fc.assert(
      fc.property(line, (text) => {
        decodeControlRequest(text);
        decodeControlReply(text);
      }),
    );
  });

  it.each([
    ['{"op":"place","id":7,"wishes":{}}', { ok: false, id: 7 }],
    ['{"op":"place","id":7}', { ok: false, id: 7 }],
    ['{"op":"dance","id":1}', { ok: false, id: 1 }],
    ['{"op":"ended","job":-1}', { ok: false }],
    ['[]', { ok: false }],
  ])('is refused with the id that it has: %s', (line, answer) => {
    expect(decodeControlRequest(line)).toMatchObject(answer);
  });
});
