# Becomes the first process of a host: run by `unshare` in fresh mount, pid, uts and ipc namespaces.
# Arguments: root folder, an empty folder to mount on, host name, size of /nix ("" = no limit of its own), then
# triples `ro|rw source destination` to bind.
# Everything written lives in tmpfs of this namespace, so that the end of the namespace is the end of it.
set -eu
# An ordinary user's PATH, which sudo hands on, lacks where pivot_root is.
PATH=$PATH:/usr/sbin:/sbin
root=$1 stage=$2 name=$3 nix_size=$4
shift 4

mount -t tmpfs -o mode=755,size=90% lab "$stage"
mkdir "$stage/upper" "$stage/work" "$stage/root"
mount -t overlay -o "lowerdir=$root,upperdir=$stage/upper,workdir=$stage/work" lab "$stage/root"
cd "$stage/root"
mount -t tmpfs -o "mode=755,size=${nix_size:-90%}" nix nix
mount -t proc proc proc
mkdir -p run/sshd

mount -t tmpfs -o mode=755 dev dev
mkdir dev/pts dev/shm
for device in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 0666 "dev/${device%:*}" c 1 "${device#*:}"
done
mknod -m 0666 dev/tty c 5 0
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd

while [ $# -gt 0 ]; do
  if [ -d "$2" ]; then mkdir -p ".$3"; else mkdir -p ".${3%/*}" && : > ".$3"; fi
  mount --bind "$2" ".$3"
  [ "$1" = rw ] || mount -o remount,bind,ro ".$3"
  shift 3
done

hostname "$name"
# Nix before 2.20 leaves a plain chroot when it restores its mount namespace, hence pivot_root.
pivot_root . mnt
cd /
export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
umount -l /mnt
# The host lives as long as its standard input is open, so it cannot outlive who started it. While dash waits, it reaps orphans.
exec /bin/sh -c 'exec 3<&0; cat <&3 >/dev/null & echo ready $!; wait $!'
