#!/bin/sh
# Installs the Debian packages that the lab needs on this machine (Debian or Ubuntu). Does nothing if they are there.
set -eu

packages='mmdebstrap debian-archive-keyring openssh-client openssh-server openssl busybox-static util-linux mount git ca-certificates nginx'

missing() {
  for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
  done
}

refuse() {
  echo "setup-system: $1; install these Debian packages yourself: $(missing | tr '\n' ' ')" >&2
  exit 1
}

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  { packages_missing=$packages; echo "setup-system: this is not Debian or Ubuntu; the lab needs: $packages_missing" >&2; exit 1; }

[ -n "$(missing)" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=''
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root='sudo -n'
else
  refuse 'not root, and sudo does not work without a password'
fi

export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq || refuse 'apt-get update failed'
install_missing() {
  # shellcheck disable=SC2046  # one word per package
  $as_root apt-get install -y -qq --no-install-recommends $(missing) >/dev/null
}

# Tests start an sshd of their own; that of the machine is not to start because of them.
policy=/usr/sbin/policy-rc.d
if [ -e "$policy" ]; then
  install_missing || refuse 'apt-get install failed'
else
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 755 "$policy"
  installed=yes
  install_missing || installed=no
  $as_root rm -f "$policy"
  [ "$installed" = yes ] || refuse 'apt-get install failed'
fi
