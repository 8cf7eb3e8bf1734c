# Writes cluster file and key, and sees to it that dshd runs with them. Run by `sh -s` on the host,
# behind lines that set: name (the node), lib, bin, conf (the directory of the files), cluster and
# key (their texts), is_new (not empty: another package than before). Prints what it has done.
set -e
umask 022
changed=
run=/tmp/dsh-$(id -u)
log=$run/dshd.log

main() {
  mkdir -p "$conf"
  write "$conf/cluster" 644 "$cluster"
  write "$conf/key" 600 "$key"
  if [ "$(id -u)" -ne 0 ]; then
    start_for_user
  elif [ -d /run/systemd/system ]; then
    chown nobody "$conf/key"
    start_by_systemd
  else
    chown nobody "$conf/key"
    start_by_rc
  fi
}

# Renamed into place, so that a dshd that reads it reads all of it; left alone where it is the same.
write() {
  if [ -e "$1" ] && [ "$(cat "$1")" = "$3" ]; then
    chmod "$2" "$1"
    return
  fi
  (umask 077 && printf '%s\n' "$3" >"$1.new-$$")
  chmod "$2" "$1.new-$$"
  mv -f "$1.new-$$" "$1"
  changed=$changed${changed:+, }${1##*/}
}

start_by_systemd() {
  unit=/etc/systemd/system/dshd.service
  sed "s|^ExecStart=dshd|ExecStart=$bin/dshd|" "$lib/packaging/dshd.service" >$unit.new
  cmp -s $unit.new $unit || is_new=yes
  mv -f $unit.new $unit
  systemctl daemon-reload
  systemctl enable --quiet dshd
  if [ -n "$is_new" ] || ! systemctl is-active --quiet dshd; then
    systemctl restart dshd || {
      journalctl -u dshd -n 1 -o cat --no-pager >&2
      exit 1
    }
    report 'started by systemd'
  else
    [ -z "$changed" ] || systemctl reload dshd
    report 'running'
  fi
}

start_by_rc() {
  rc=$lib/packaging/rc.dsh
  PATH=$bin:$PATH
  if [ -n "$is_new" ] || ! "$rc" status >/dev/null; then
    "$rc" stop >/dev/null
    "$rc" start >/dev/null
    report "started; without systemd not again after a boot: see $rc"
  else
    [ -z "$changed" ] || "$rc" reload >/dev/null
    report 'running'
  fi
}

# In a session of its own, so it outlives this login. Its directory is not the one of the login session,
# which is removed with that.
start_for_user() {
  pid=$(cat "$run/dshd.pid" 2>/dev/null) || pid=
  if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then
    if [ -z "$is_new" ]; then
      [ -z "$changed" ] || kill -HUP "$pid"
      report 'running'
      return
    fi
    kill "$pid"
    until ! kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  fi
  mkdir -p -m 700 "$run"
  "$bin/dshd" -b --name "$name" --file "$conf/cluster" --key "$conf/key" \
    --socket "$run/dshd.sock" --pid-file "$run/dshd.pid" --log "$log"
  report 'started in the background; after a boot: dshctl setup again'
}

report() {
  printf 'dsh-done: %sdshd %s\n' "${changed:+wrote $changed; }" "$1"
}

main
