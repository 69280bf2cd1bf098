#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Compiles the walks of this source tree, changed as they may be, into two shared objects that an
# unchanged gupdiff runs in the place of one of its own (docs/stand-in.md):
#   DIR/words.so  over plain words, for fuzz and replay
#   DIR/terms.so  over solver terms, which prove takes besides
# Usage: scripts/stand-in.sh [DIR]   (out/stand-in if left out)
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
case "${1:-}" in -*) echo "usage: scripts/stand-in.sh [DIR]" >&2; exit 1 ;; esac
out=${1:-$root/out/stand-in}
compiler=clang++-19
command -v "$compiler" > /dev/null || { echo "stand-in.sh: there is no $compiler; scripts/setup.sh installs it." >&2; exit 2; }
mkdir -p "$out"

# Functions are the module's own; data, also the explorer's, stays the program's.
flags="-std=c++20 -DNDEBUG -fPIC -shared -Wl,-Bsymbolic-functions -I$root"
module=$root/proofs/stand_in_module.cpp
"$compiler" $flags -O1 "$module" -o "$out/words.so.new"
"$compiler" $flags -O0 -DGUPDIFF_STAND_IN_TERMS "$module" -o "$out/terms.so.new"
mv "$out/words.so.new" "$out/words.so"
mv "$out/terms.so.new" "$out/terms.so"
echo "--stand-in WALK=$out/words.so --stand-in WALK=$out/terms.so"
