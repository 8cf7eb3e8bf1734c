# Puts a package that was unpacked beside $lib in its place. Run by `sh -s` on the host, behind lines
# that set: lib, bin, digest, links (NAME:PROGRAM ...).
set -e
new=$lib-$digest
# The native programs of another kind of machine do not run here; those in TypeScript do everywhere.
if ! "$new/dist/dsh" --version >/dev/null 2>&1; then
  cp "$new/dist/dsh.js" "$new/dist/dsh"
  rm -f "$new/dist/dshexec-serve"
fi
printf '%s' "$digest" >"$new/digest"

# A link is changed at one blow, also where hosts share this directory. Programs that still run may load
# more of what they were started from, so that is kept until the next time.
before=$(readlink "$lib") || before=
[ -h "$lib" ] || rm -rf "$lib"
ln -sfn "${new##*/}" "$lib.new-$$"
mv -fT "$lib.new-$$" "$lib"
for old in "$lib"-[0-9a-f]*; do
  case ${old##*/} in
    "$before" | "${new##*/}" | *.part-*) ;;
    *) rm -rf "$old" ;;
  esac
done

mkdir -p "$bin"
for link in $links; do
  ln -sfn "$lib/${link#*:}" "$bin/${link%%:*}"
done
