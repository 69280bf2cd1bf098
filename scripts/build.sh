#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Configures and builds the release preset; the compiler's output is shown only
# when it fails. Usage: scripts/build.sh [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    echo "build.sh: '$*' failed; its output is above." >&2
    exit 6
  fi
}

echo "Building build/release (minutes, the first time) ..."
quietly cmake --preset release
if (($#)); then
  quietly cmake --build --preset release --target "$@"
else
  quietly cmake --build --preset release
fi
