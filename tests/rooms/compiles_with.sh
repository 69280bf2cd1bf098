#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Checks that the rooms' code compiles, warnings being errors, with a compiler
# other than the one the tool is built with. Headers are compiled on their own
# too: each must include what it needs.
# Usage: compiles_with.sh COMPILER ROOT GENERATED ROOM...
#   GENERATED: folders with the headers that the build writes, ':' between them
set -euo pipefail
export compiler=$1 root=$2 CPATH=$3
shift 3
cd "$root"

one() {
  printf '#include "%s"\n' "$1" |
    "$compiler" -std=c++20 -fsyntax-only -Wall -Wextra -Werror "-I$root" -x c++ - && return
  echo "$1 does not compile with $compiler" >&2
  return 1
}
export -f one

files=()
for room in "$@"; do
  while IFS= read -r file; do files+=("$file"); done < <(find "$room" -name '*.[ch]pp' | sort)
done
echo "${#files[@]} files"
# shellcheck disable=SC2016  # $1 is the inner shell's
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'one "$1"' one
