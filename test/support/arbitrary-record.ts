/** Records of which every figure is one that the wire can carry. */
import fc from 'fast-check';
import { decodeRecord, type NodeRecord, RECORD_BYTES } from '../../src/core/wire/record.ts';

export const wireRecord: fc.Arbitrary<NodeRecord> = fc
  .uint8Array({ minLength: RECORD_BYTES, maxLength: RECORD_BYTES })
  .map((bytes) => decodeRecord(bytes, 0));
