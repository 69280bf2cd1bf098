#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Configures and builds a preset (release); the compiler's output is shown only
# when it fails. Usage: scripts/build.sh [--preset NAME] [TARGET...]
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

preset=release
if [[ ${1:-} == --preset ]]; then
  preset=${2:-}
  shift "$(($# > 1 ? 2 : 1))"
fi
if ! grep -q "\"name\": \"$preset\", \"configurePreset\"" CMakePresets.json; then
  echo "build.sh: there is no preset '$preset'; CMakePresets.json has: $(sed -n 's/.*"name": "\([a-z]*\)", "configurePreset".*/\1/p' CMakePresets.json | sort -u | paste -sd' ')." >&2
  exit 1
fi
echo "Building build/$preset (minutes, the first time) ..."
quietly cmake --preset "$preset"
if (($#)); then
  quietly cmake --build --preset "$preset" --target "$@"
else
  quietly cmake --build --preset "$preset"
fi
