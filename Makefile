# Installs what `npm run build` has built; everything else is done with npm (HACKING.md).
#
#   make                            npm install and npm run build
#   make install                    programs, manual pages, systemd unit: under /usr/local
#   make install PREFIX=~/.local    … for one user; PREFIX/bin belongs on the PATH then
#   make uninstall                  what install has made; with the same PREFIX
#   make deb                        a Debian package, in build/
#
# Packagers give DESTDIR as well: a directory in which all is put as if it were the root.

PREFIX ?= /usr/local
DESTDIR ?=

BIN := $(DESTDIR)$(PREFIX)/bin
LIB := $(DESTDIR)$(PREFIX)/lib/dsh
MAN := $(DESTDIR)$(PREFIX)/share/man
UNITS := $(DESTDIR)$(PREFIX)/lib/systemd/system
SHARE := $(DESTDIR)$(PREFIX)/share
EXAMPLES := $(DESTDIR)$(PREFIX)/share/doc/dsh/examples

# What stands in PREFIX/bin leads there. dist/dsh is the native client where there was a compiler.
LINKS := dsh:dist/dsh dshd:dist/dshd.js dshctl:dist/dshctl.js dshexec:bin/dshexec dsh-masquerade:bin/dsh-masquerade
PROGRAMS := dsh dsh.js agent.cjs dshd.js dshctl.js doctor-probe.js dshexec.js
PAGES := $(wildcard man/*.[158])

# SHELL:FILE, below PREFIX/share, of the completion that dshctl prints for that shell.
COMPLETIONS := bash:bash-completion/completions/dshctl zsh:zsh/site-functions/_dshctl fish:fish/vendor_completions.d/dshctl.fish

all:
	npm install --no-save
	npm run build

install:
	@test -x dist/dsh -a -x dist/dshctl.js || { echo 'make: nothing is built: run make first, not as root' >&2; exit 1; }
	install -d $(BIN) $(LIB)/bin $(LIB)/dist/chunks $(LIB)/dist/web $(LIB)/packaging/setup $(UNITS) $(EXAMPLES)
	install -m 755 bin/dshexec bin/dsh-masquerade $(LIB)/bin
	install -m 755 $(PROGRAMS:%=dist/%) $(wildcard dist/dshexec-serve) $(LIB)/dist
	install -m 644 dist/chunks/*.js $(LIB)/dist/chunks
	install -m 644 dist/web/* $(LIB)/dist/web
	install -m 644 package.json $(LIB)
	install -m 644 packaging/dshd.service $(LIB)/packaging
	install -m 755 packaging/rc.dsh $(LIB)/packaging
	install -m 644 packaging/setup/*.sh $(LIB)/packaging/setup
	for link in $(LINKS); do ln -sfn ../lib/dsh/$${link#*:} $(BIN)/$${link%%:*}; done
	for page in $(PAGES); do install -D -m 644 $$page $(MAN)/man$${page##*.}/$${page#man/}; done
	for each in $(COMPLETIONS); do \
	  install -d $$(dirname $(SHARE)/$${each#*:}) && \
	  node dist/dshctl.js completion $${each%%:*} >$(SHARE)/$${each#*:} && chmod 644 $(SHARE)/$${each#*:} || exit 1; \
	done
	sed 's|^ExecStart=dshd|ExecStart=$(PREFIX)/bin/dshd|' packaging/dshd.service >$(UNITS)/dshd.service
	chmod 644 $(UNITS)/dshd.service
	install -m 644 packaging/cluster.example packaging/rc.dsh $(EXAMPLES)

uninstall:
	for link in $(LINKS); do rm -f $(BIN)/$${link%%:*}; done
	for page in $(PAGES); do rm -f $(MAN)/man$${page##*.}/$${page#man/}; done
	for each in $(COMPLETIONS); do rm -f $(SHARE)/$${each#*:}; done
	rm -f $(UNITS)/dshd.service
	rm -rf $(LIB) $(EXAMPLES)
	rmdir --ignore-fail-on-non-empty $(dir $(EXAMPLES)) 2>/dev/null || :

deb:
	sh packaging/deb/build.sh

.PHONY: all install uninstall deb
