#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds tests/fuzz/verdicts.cpp with another compiler and compares what it says, byte for byte.
# Usage: verdicts_with.sh COMPILER ROOT FOLDER LISTER VERDICTS
#   FOLDER: for what is built; LISTER, VERDICTS: the programs of this build
set -euo pipefail
compiler=$1 root=$2 folder=$3 lister=$4 verdicts=$5
mkdir -p "$folder"
cd "$folder"
cache=$(command -v ccache || true)
export compiler root cache

one() {
  # shellcheck disable=SC2086  # no launcher, no word
  $cache "$compiler" -std=c++20 -O1 -DNDEBUG -Wall -Wextra -Werror "-I$root" -c "$root/$1" -o "$(basename "$1" .cpp).o"
}
export -f one

# The longest first.
files=(oracle/run_walk.cpp oracle/run_narrated.cpp oracle/identity.cpp oracle/judge.cpp scenario/generator.cpp scenario/mutator.cpp tests/fuzz/verdicts.cpp
  scenario/binary.cpp scenario/flaw.cpp scenario/normalise.cpp oracle/difference.cpp oracle/catalogue.cpp
  oracle/registry.cpp oracle/safety.cpp)
# shellcheck disable=SC2016  # $1 is the inner shell's
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P 2 bash -c 'one "$1"' one
"$compiler" ./*.o -lfmt -o verdicts
"$lister" > inputs
"$verdicts" inputs > expected
./verdicts inputs > found
wc -l < found
if grep -q OTHERWISE found; then
  echo "the fast check and the judge disagree:" >&2
  grep OTHERWISE found >&2
  exit 1
fi
diff expected found > difference || {
  echo "$compiler and the tool's own compiler disagree:" >&2
  head -20 difference >&2
  exit 1
}
