#!/bin/sh
# Runs tests of the native runner with each of its processes under valgrind. What valgrind says is
# kept in BUILD/valgrind, one file a process; an access or a leak that is wrong fails the check.
set -eu
build=$1
cd "$(dirname "$0")/.."

command -v valgrind >/dev/null || {
  echo 'check-valgrind: left out: expected valgrind in PATH'
  exit 0
}
logs=$build/valgrind
rm -rf "$logs"
mkdir -p "$logs"
# Some of the tests run it as another user.
chmod 1777 "$logs"

wrapper=$build/dshexec-serve-valgrind
cat >"$wrapper" <<END
#!/bin/sh
exec valgrind -q --leak-check=full --log-file='$logs/%p' '$build/dshexec-serve' "\$@"
END
chmod 755 "$wrapper"
# An exec that fails halfway ends a process under valgrind, so two tests cannot be run.
DSH_TEST_NATIVE=$wrapper npx vitest run --project unit --testTimeout=120000 --hookTimeout=120000 \
  -t '^(?!.*(without its interpreter|than the system takes))' \
  test/native/shared.test.ts test/native/terminal.test.ts

# Quiet, it writes of errors only.
if find "$logs" -type f -size +0 | grep .; then
  echo 'check-valgrind: errors, in the files named above' >&2
  exit 1
fi
echo "check-valgrind: no error in $(find "$logs" -type f | wc -l) processes"
