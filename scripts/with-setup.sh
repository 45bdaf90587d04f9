#!/usr/bin/env bash
# Runs one of this project's commands after all the set-up it needs: npm packages, Debian packages, Node 24, root folders.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command=${1:?one of demo, test, matrix, bench}
shift

# The marker holds the lock file's hash: an install that was interrupted or is out of date is made anew.
wanted=$(sha256sum package-lock.json | cut -d' ' -f1)
marker=node_modules/.installed
if [ "$(cat "$marker" 2>/dev/null || true)" != "$wanted" ]; then
  npm ci --ignore-scripts --no-audit --no-fund
  echo "$wanted" >"$marker"
fi
sh scripts/setup-system.sh

# The lab makes namespaces and users.
as_root=()
if [ "$(id -u)" != 0 ]; then
  sudo -n true 2>/dev/null || {
    echo 'with-setup.sh: the lab makes namespaces and users: run this as root, or with a sudo that needs no password' >&2
    exit 1
  }
  as_root=(sudo -n --preserve-env env "PATH=$PWD/node_modules/.bin:$PATH" "HOME=$HOME")
fi
export PATH="$PWD/node_modules/.bin:$PATH"

run() {
  "${as_root[@]}" "$@"
}

# Standard output is the command's own.
prepare() {
  run node lab/cli.ts prepare "$@" >&2
}

case "$command" in
  demo) prepare sid && run node scripts/demo.ts "$@" ;;
  test) prepare && run vitest run "$@" ;;
  matrix) prepare && run vitest run --config vitest.matrix.config.ts "$@" ;;
  bench) prepare sid && run node bench/run.ts "$@" ;;
  *)
    echo "with-setup.sh: unknown command '$command'; known: demo, test, matrix, bench" >&2
    exit 2
    ;;
esac
