import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeFileReports,
  encodeFileReport,
  type FileKind,
  fileKinds,
} from '../../../src/core/wire/file-report.ts';

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const report = fc.record({
  kind: fc.constantFrom(...(Object.keys(fileKinds) as FileKind[])),
  bytes: u64,
  mtimeNs: u64,
  ctimeNs: u64,
  path: fc.uint8Array({ minLength: 1, maxLength: 100 }).filter((path) => !path.includes(0)),
});

test('reports come back as they were, however many there are', () => {
  fc.assert(
    fc.property(fc.array(report), (sent) => {
      expect(decodeFileReports(Buffer.concat(sent.map(encodeFileReport)))).toEqual(
        sent.map((each) => ({ ...each, path: Buffer.from(each.path) })),
      );
    }),
  );
});

test('what is cut, or none, ends the list', () => {
  fc.assert(
    fc.property(report, fc.nat(), (sent, cut) => {
      const bytes = encodeFileReport(sent);
      expect(decodeFileReports(bytes.slice(0, cut % bytes.length))).toEqual([]);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeFileReports(bytes);
    }),
  );
});
