# Makes a Debian root folder with Nix and OpenSSH, and says which versions they are.
# Runs under flock(1), so that the kernel frees the lock whatever happens; the folder gets its name when it is whole.
# Arguments: target folder, suite, line of sources.list, script that makes the users, then options for mmdebstrap.
set -eu
target=$1 suite=$2 source=$3 users=$4
shift 4

[ ! -e "$target" ] || exit 0
partial=$target.partial
rm -rf "$partial"
trap 'rm -rf "$partial"' EXIT
mkdir "$partial"

# mmdebstrap mounts /proc for its hooks; newer Nix does not start without.
mmdebstrap --mode=root --variant=essential --format=directory \
  --customize-hook="sh '$users' \"\$1\"" \
  --customize-hook="chroot \"\$1\" nix --version > '$partial/nix-version'" \
  --customize-hook="chroot \"\$1\" ssh -V 2> '$partial/openssh-version'" \
  "$@" "$suite" "$partial/root" "$source"
mv "$partial" "$target"
