#!/bin/sh
# Runs tests of the native programs with each of their processes under valgrind. What valgrind says is
# kept in build/native/valgrind, one file a process; an access or a leak that is wrong fails the check.
set -eu
cd "$(dirname "$0")/.."
build=$PWD/build/native

[ -x "$build/dsh" ] || {
  echo 'check-valgrind: left out: expected a C compiler to have built build/native/dsh'
  exit 0
}

command -v valgrind >/dev/null || {
  echo 'check-valgrind: left out: expected valgrind in PATH'
  exit 0
}
logs=$build/valgrind
rm -rf "$logs"
mkdir -p "$logs"
# Some of the tests run it as another user.
chmod 1777 "$logs"

# Makes $build/NAME-valgrind of a program.
wrap() {
  cat >"$build/$1-valgrind" <<END
#!/bin/sh
exec valgrind -q --leak-check=full --log-file='$logs/%p' '$2' "\$@"
END
  chmod 755 "$build/$1-valgrind"
}
# valgrind replaces malloc only in a program that is linked dynamically.
dynamic=$build/dynamic
make --no-print-directory -s -C native STATIC= BUILD="$dynamic"
# Beside the client lie the scripts that it becomes for what is rare.
ln -sf "$PWD/dist/dsh.js" "$PWD/dist/agent.cjs" "$dynamic"
wrap dshexec-serve "$dynamic/dshexec-serve"
wrap dsh "$dynamic/dsh"

# Left out is what valgrind itself cannot do: an exec that fails halfway, closed descriptors, limits
# of open files, a shell without a directory.
DSH_TEST_NATIVE=$build/dshexec-serve-valgrind DSH_TEST_NATIVE_CLIENT=$build/dsh-valgrind \
  npx vitest run --project unit --testTimeout=300000 --hookTimeout=300000 \
  -t '^(?!.*(without its interpreter|than the system takes|<&-|runs here has it|that was removed))' \
  test/native/shared.test.ts test/native/terminal.test.ts test/native/client.test.ts \
  test/native/coherence.test.ts

# Quiet, it writes of errors only.
if find "$logs" -type f -size +0 | grep .; then
  echo 'check-valgrind: errors, in the files named above' >&2
  exit 1
fi
echo "check-valgrind: no error in $(find "$logs" -type f | wc -l) processes"
