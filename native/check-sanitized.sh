#!/bin/sh
# Runs the tests of the native programs, built with AddressSanitizer and UBSan. Not from make, which
# has its children ignore two signals of libc's own that no program can set back.
set -eu
cd "$(dirname "$0")/.."
build=$PWD/build/native

[ -x "$build/dsh" ] || {
  echo 'check-sanitized: left out: expected a C compiler to have built build/native/dsh'
  exit 0
}
make --no-print-directory -s -C native sanitized
DSH_TEST_SANITIZED=1 DSH_TEST_NATIVE=$build/san/dshexec-serve DSH_TEST_NATIVE_CLIENT=$build/san/dsh \
  npx vitest run --project unit test/native/client.test.ts test/native/command.test.ts \
  test/native/shared.test.ts test/native/streams.test.ts test/native/terminal.test.ts
