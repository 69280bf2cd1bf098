#!/bin/bash -eu
# SPDX-License-Identifier: GPL-2.0-only
# Builds the fuzz targets as OSS-Fuzz and ClusterFuzzLite do: with $CXX, $CXXFLAGS and
# $LIB_FUZZING_ENGINE into $OUT, each with its seeds, a dictionary and options.
# $SRC/gupdiff is this project (or wherever this file lies), $WORK holds what is in between.
# Needs cmake, fmt, toml++ and python3.
set -o pipefail

project=${SRC:-}/gupdiff
[[ -n ${SRC:-} && -d $project ]] || project=$(cd "$(dirname "$0")/../.." && pwd)
for name in CXX LIB_FUZZING_ENGINE OUT WORK; do
  if [[ -z ${!name:-} ]]; then
    echo "build.sh: \$$name is not set; OSS-Fuzz sets CC CXX CFLAGS CXXFLAGS LIB_FUZZING_ENGINE OUT SRC WORK." >&2
    exit 2
  fi
done
jobs=$(nproc)
targets=()
for source in "$project"/fuzz/targets/v*.cpp; do targets+=("gupdiff_$(basename "$source" .cpp)"); done

# No build type: optimisation and sanitizers are those of $CXXFLAGS.
cmake -S "$project" -B "$WORK/targets" -DCMAKE_BUILD_TYPE=None -DGUPDIFF_FUZZING_ENGINE="$LIB_FUZZING_ENGINE"
cmake --build "$WORK/targets" --parallel "$jobs" --target "${targets[@]}"

# What makes the seeds runs here and now, without the engine's and sanitizers' flags; of the
# flags only the choice of a C++ library is kept.
library=
[[ " ${CXXFLAGS:-} " == *" -stdlib=libc++ "* ]] && library=-stdlib=libc++
env CFLAGS= CXXFLAGS="$library" cmake -S "$project" -B "$WORK/seeds" -DCMAKE_BUILD_TYPE=Release -DGUPDIFF_SEEDS=ON
cmake --build "$WORK/seeds" --parallel "$jobs" --target gupdiff_seed_corpus
seed_corpus=$WORK/seeds/fuzz/targets/gupdiff_seed_corpus

mapfile -t scenarios < <(find "$project/corpus" -name '*.toml' | sort)
for name in "${targets[@]}"; do
  source=$project/fuzz/targets/${name#gupdiff_}.cpp
  pair=$(sed -n 's/.*run_pair_target("\([^"]*\)".*/\1/p' "$source")
  rm -rf "$WORK/$name-seeds"
  mkdir -p "$WORK/$name-seeds"
  "$seed_corpus" "$pair" "$WORK/$name-seeds" "${scenarios[@]}"
  (cd "$WORK/$name-seeds" && python3 -m zipfile -c "$OUT/${name}_seed_corpus.zip" ./*.bin)
  "$seed_corpus" --dictionary "${scenarios[@]}" >"$OUT/$name.dict"
  cp "$project/fuzz/oss-fuzz/target.options" "$OUT/$name.options"
  cp "$WORK/targets/fuzz/targets/$name" "$OUT/$name"
done
