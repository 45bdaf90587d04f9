/**
 * The shell script that root runs for a private daemon: `sh SCRIPT NIX-DAEMON FOLDER`. It reads lines `NAME=value` for the daemon's
 * environment and a line `.`; the end of its standard input, which is that of who started it, ends the daemon.
 *
 * What serves a client is a process of its own, in a session of its own, and outlives the daemon; so these are ended one by one.
 * A namespace of process ids would do it in one go, but Nix names the files that keep paths from being collected after process ids
 * (gc.cc, `fnTempRoots`), which have to be unique on the machine.
 */
export const PRIVATE_DAEMON_SCRIPT = `set -u
program=$1 folder=$2
cd /
umask 022
PATH=\${program%/*}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin
echo started

complete=
while IFS= read -r line; do
  if [ "$line" = . ]; then complete=yes; break; fi
  export "$line"
done
[ -n "$complete" ] || exit 1

# What root's own daemon would read stays in force, below what is ours.
HOME=~root
NIX_DAEMON_SOCKET_PATH=$folder/socket
NIX_USER_CONF_FILES=$folder/nix.conf:$HOME/.config/nix/nix.conf:/etc/xdg/nix/nix.conf
export PATH HOME NIX_DAEMON_SOCKET_PATH NIX_USER_CONF_FILES
ulimit -n 1048576 2>/dev/null

children() {
  if [ -e /proc/self/status ]; then
    grep -lsx "PPid:[[:space:]]*$1" /proc/[0-9]*/status | cut -d / -f 3
  else
    pgrep -P "$1"
  fi
}

descendants() {
  for child in $(children "$1"); do
    echo "$child"
    descendants "$child"
  done
}

any_alive() {
  for pid; do
    if kill -0 "$pid" 2>/dev/null; then return 0; fi
  done
  return 1
}

end_daemon() {
  # It has ended by itself, and its process id may be another's.
  if [ -e "$folder/ended" ]; then return; fi
  # Stopped first, so that it takes no client while its children are counted.
  kill -STOP "$daemon"
  workers=$(children "$daemon")
  kill -KILL "$daemon"
  # Those whose clients are gone end their builds and themselves.
  tries=10
  while [ "$tries" -gt 0 ] && any_alive $workers; do
    sleep 0.1
    tries=$((tries - 1))
  done
  for worker in $workers; do
    # With its group, for a builder may start processes meanwhile.
    for pid in $worker $(descendants "$worker"); do
      kill -s KILL -- "-$pid" "$pid"
    done
  done
}

exec 3<&0
"$program" </dev/null >&2 3<&- &
daemon=$!
# Only our starter's end is ours; a sudo that is killed sends signals, and one's own words have nobody who reads them then.
trap '' HUP INT TERM PIPE
{ cat <&3 >/dev/null; end_daemon 2>/dev/null; } &
ending=$!
exec 3<&-
wait "$daemon"
: 2>/dev/null >"$folder/ended"
echo ended
wait "$ending"
# As removeLoadLocks() does for a user.
step=\${folder%/*}
step=\${step##*/}
case $step in
  nix-remote-build-*) rm -f /nix/var/nix/current-load/*"_\${step}_"* ;;
esac
rm -f "$folder/socket" "$folder/nix.conf" "$folder/serve.sh" "$folder/ended"
rmdir "$folder"
`;
