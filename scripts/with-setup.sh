#!/usr/bin/env bash
# Runs one of this project's commands after all the set-up it needs: npm packages, Debian packages, Node 24.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The marker holds the lock file's hash: an install that was interrupted or is out of date is made anew.
wanted=$(sha256sum package-lock.json | cut -d' ' -f1)
marker=node_modules/.installed
if [ "$(cat "$marker" 2>/dev/null || true)" != "$wanted" ]; then
  npm ci --ignore-scripts --no-audit --no-fund
  echo "$wanted" >"$marker"
fi
bash scripts/setup-system.sh

export PATH="$PWD/node_modules/.bin:$PATH"
command=$1
shift
case "$command" in
  demo) exec node scripts/demo.ts "$@" ;;
  test) exec vitest run "$@" ;;
  matrix) exec vitest run --config vitest.matrix.config.ts "$@" ;;
  bench) exec node bench/run.ts "$@" ;;
  *)
    echo "with-setup.sh: unknown command '$command'; known: demo, test, matrix, bench" >&2
    exit 2
    ;;
esac
