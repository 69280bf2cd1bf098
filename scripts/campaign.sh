#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The main job, from a clean clone: install, build, then replay the corpus, fuzz,
# prove, compare with a real kernel's answers, and write out/report/.
# Usage: scripts/campaign.sh [--time SECONDS]   (fuzzing budget, 60 by default)
# Exits with the verdict: 0 holds, 10 divergence, 11 vacuous, 5 inconclusive.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=60
while (($#)); do
  case $1 in
    --time)
      seconds=${2:-}
      shift
      ;;
    --time=*) seconds=${1#--time=} ;;
    *)
      echo "campaign.sh: unknown option '$1'; the only one is --time SECONDS." >&2
      exit 1
      ;;
  esac
  shift || true
done
if ! [[ $seconds =~ ^[0-9]+$ ]]; then
  echo "campaign.sh: --time needs a whole number of seconds, not '$seconds'." >&2
  exit 1
fi

scripts/setup.sh
scripts/build.sh gupdiff
exec build/release/gupdiff report --time "$seconds"
