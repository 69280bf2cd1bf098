#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the fuzz targets as OSS-Fuzz does (fuzz/oss-fuzz/build.sh with its variables) and runs
# each on its seeds and for some thousand inputs; with a row of the catalogue off it must crash.
# Usage: oss_fuzz_test.sh ROOT CXX
set -euo pipefail
root=$1
export CXX=$2 CC=${2/++/}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OUT=$work/out WORK=$work/work SRC=$work/src
mkdir -p "$OUT" "$WORK" "$SRC"
ln -s "$root" "$SRC/gupdiff"
# The flags of its images (ARCHITECTURE=x86_64 SANITIZER=address), but for -stdlib=libc++.
export CFLAGS="-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION -fsanitize=address -fsanitize-address-use-after-scope -fsanitize=fuzzer-no-link"
export CXXFLAGS=$CFLAGS LIB_FUZZING_ENGINE=-fsanitize=fuzzer

fail() {
  echo "oss_fuzz_test: $*" >&2
  exit 1
}

# As there, a copy that lies elsewhere is what runs.
cp "$root/fuzz/oss-fuzz/build.sh" "$SRC/build.sh"
"$SRC/build.sh" >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; fail "build.sh failed"; }
if (unset OUT && "$SRC/build.sh") 2>"$work/refusal"; then fail "build.sh ran without \$OUT"; fi
grep -q 'OUT is not set' "$work/refusal" || fail "it does not say that \$OUT is missing: $(cat "$work/refusal")"

targets=0
for source in "$root"/fuzz/targets/v*.cpp; do
  name=gupdiff_$(basename "$source" .cpp)
  [[ -x $OUT/$name && -s $OUT/${name}_seed_corpus.zip && -s $OUT/$name.dict && -s $OUT/$name.options ]] ||
    fail "$name lacks a part: $(ls "$OUT")"
  mkdir "$work/$name"
  python3 -m zipfile -e "$OUT/${name}_seed_corpus.zip" "$work/$name"
  mapfile -t flags < <(sed -n 's/^\([a-z_]*\) = \([0-9]*\)$/-\1=\2/p' "$OUT/$name.options")
  ((${#flags[@]} >= 4)) || fail "$name.options has no options"
  (cd "$work" && "$OUT/$name" "${flags[@]}" -dict="$OUT/$name.dict" -runs=4000 -seed=1 "$work/$name") >"$work/run" 2>&1 ||
    { tail -n 30 "$work/run" >&2; fail "$name crashed"; }
  grep -q 'Dictionary: [1-9]' "$work/run" || fail "$name read no dictionary"
  targets=$((targets + 1))
done
((targets >= 5)) || fail "only $targets targets"

# The seeds of v6.9:v6.10 show D17; without the row they must not pass.
if (cd "$work" && GUPDIFF_WITHOUT=D17 "$OUT/gupdiff_v6_9_v6_10" -runs=0 "$work/gupdiff_v6_9_v6_10") >"$work/run" 2>&1; then
  fail "a row is off and nothing crashed"
fi
grep -q 'Replay the input with: gupdiff replay' "$work/run" || fail "the crash does not say what was found: $(tail -n 5 "$work/run")"
if GUPDIFF_WITHOUT=D99 "$OUT/gupdiff_v6_9_v6_10" -runs=0 2>"$work/run"; then fail "D99 is no row"; fi
grep -q 'no row D99' "$work/run" || fail "an unknown row is not named"
echo "$targets targets built and run"
