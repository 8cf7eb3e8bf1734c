#!/bin/sh
# Builds the Debian package build/dsh-cluster_VERSION_ARCHITECTURE.deb of what `npm run build` has built.
# Needs dpkg-deb; no root.
set -eu
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' package.json)
architecture=$(dpkg --print-architecture)
package=build/dsh-cluster_${version}_$architecture.deb
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
umask 022
chmod 755 "$stage"

make --no-print-directory -s install PREFIX=/usr DESTDIR="$stage"
find "$stage/usr/share/man" -type f -exec gzip -9n {} +
# The native programs are for people who debug them; a package has them small.
if [ -e "$stage/usr/lib/dsh/dist/dshexec-serve" ]; then
  strip "$stage/usr/lib/dsh/dist/dsh" "$stage/usr/lib/dsh/dist/dshexec-serve"
  # What they were linked with here is old enough where that, or a newer one, is installed.
  libc=$(dpkg-query -W -f '${Version}' libc6 | sed 's/-.*//')
  depends=", libc6 (>= $libc)"
fi
mkdir -p "$stage/usr/share/doc/dsh-cluster" "$stage/etc/default" "$stage/etc/dsh"
cp CHANGELOG.md "$stage/usr/share/doc/dsh-cluster"
cp packaging/deb/copyright "$stage/usr/share/doc/dsh-cluster"
cp packaging/deb/default "$stage/etc/default/dsh"

mkdir "$stage/DEBIAN"
size=$(du -sk --exclude=DEBIAN "$stage" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" \
  -e "s/@LIBC@/${depends-}/" packaging/deb/control.in >"$stage/DEBIAN/control"
install -m 755 packaging/deb/postinst packaging/deb/prerm packaging/deb/postrm "$stage/DEBIAN"
echo /etc/default/dsh >"$stage/DEBIAN/conffiles"
mkdir -p build
dpkg-deb --root-owner-group --build "$stage" "$package" >/dev/null
echo "$package"
