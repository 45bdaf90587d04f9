#!/usr/bin/env bash
# For .github/workflows/ci.yml: starts a builder of the job's own in the background and writes this step's outputs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

npm ci --ignore-scripts --no-audit --no-fund
sh scripts/setup-system.sh
as_root=(sudo -n env "PATH=$PWD/node_modules/.bin:$PATH" "HOME=$HOME")
"${as_root[@]}" node lab/cli.ts prepare sid

outputs="$RUNNER_TEMP/builder-outputs"
log="$RUNNER_TEMP/builder.log"
nohup "${as_root[@]}" node lab/cli.ts serve "$outputs" "$RUNNER_TEMP/flake" >"$log" 2>&1 </dev/null &

for _ in $(seq 100); do
  if [ -e "$outputs" ]; then
    cat "$outputs" >>"$GITHUB_OUTPUT"
    exit 0
  fi
  sleep 0.3
done
echo 'start-ci-builder.sh: the builder did not start:' >&2
cat "$log" >&2
exit 1
