#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Looks for false alarms: runs the unmutated walks, neighbours and far pairs, under all engines
# until N pairs of walks have been judged, and counts the findings. Every finding is one too many:
# a divergence without a row in the catalogue, or a safety property broken.
# Usage: scripts/nightly.sh [--runs N] [--seed S] [--jobs J] [--out DIR]
#   N 1000000000, S 1, J the number of processors, DIR out/nightly if left out
#   The program is build/release/gupdiff, or what GUPDIFF names.
# Exit codes: 0 nothing found, 10 findings, 1 usage, 2 bad input, 6 a run did not do its work.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

runs=1000000000 seed=1 jobs=$(nproc) out=$root/out/nightly
while (($#)); do
  case $1 in
    --runs | --seed | --jobs)
      if ! [[ ${2:-} =~ ^[1-9][0-9]{0,17}$ ]]; then
        echo "nightly.sh: $1 needs a whole number above 0, not '${2:-}'." >&2
        exit 1
      fi
      declare "${1#--}=$2"
      ;;
    --out) out=${2:-} ;;
    *)
      echo "nightly.sh: unknown option '$1'; there are --runs, --seed, --jobs and --out." >&2
      exit 1
      ;;
  esac
  shift "$(($# > 1 ? 2 : 1))"
done
gupdiff=${GUPDIFF:-$root/build/release/gupdiff}
if ! [[ -x $gupdiff ]]; then
  echo "nightly.sh: there is no $gupdiff; scripts/build.sh builds it." >&2
  exit 2
fi
mark=made-by-nightly.sh
if [[ -z $out ]] || { [[ -e $out ]] && ! [[ -f $out/$mark ]]; }; then
  echo "nightly.sh: --out '$out' is there and was not made by this script; name a folder that is not there." >&2
  exit 2
fi
rm -rf "$out"
mkdir -p "$out/findings" && touch "$out/$mark"

# Every pair of neighbours, and the two ends. Of a pair's share a tenth is libFuzzer's and a tenth worlds
# that no kernel gets into; AFL++ judges a fifth of the pairs a second, so its share is a hundredth.
pairs=(v6.1:v6.9 v6.9:v6.10-C0 v6.10-C0:v6.10-C1 v6.10-C1:v6.10 v6.9:v6.10 v6.10:v6.11-rc3 v6.11-rc3:v6.12
  v6.12:v6.12.117 v6.1:v6.12.117)
share=$(((runs + ${#pairs[@]} - 1) / ${#pairs[@]}))
engines=(random libfuzzer)
if "$gupdiff" fuzz --engine afl --runs 1 --findings "$out/findings/afl" >"$out/afl.txt" 2>&1; then
  engines+=(afl)
else
  echo "AFL++ is left out: $(tail -n 1 "$out/afl.txt")"
fi

plan() {
  local pair engine
  for pair in "${pairs[@]}"; do
    for engine in "${engines[@]}"; do
      case $engine in
        random)
          echo "$pair random $((share * 8 / 10))"
          echo "$pair random $((share / 10 + 1)) --anything"
          ;;
        libfuzzer) echo "$pair libfuzzer $((share / 10 + 1))" ;;
        afl) echo "$pair afl $((share / 100 + 1))" ;;
      esac
    done
  done
}
# shellcheck disable=SC2317  # xargs calls it
one() {
  local pair engine count anything status=0
  read -r pair engine count anything <<<"$1"
  # Each has folders of its own: a run takes away its folder of findings if it is empty in the end.
  local name=${pair/:/_}-$engine$anything
  local log=$out/$name.txt
  "$gupdiff" fuzz --pair "$pair" --engine "$engine" --runs "$count" --seed "$seed" ${anything:+"$anything"} \
    --findings "$out/findings/$name" --keep-going >"$log" 2>&1 || status=$?
  echo "$status" >"$log.status"
  local finished=("$out"/*.status)
  printf '%2s/%s  %-18s %-9s %-10s %s\n' "${#finished[@]}" "$units" "$pair" "$engine" "$anything" "$(tail -n 1 "$log")"
}
export -f one
units=$(plan | wc -l)
export gupdiff out seed units

# The longest first, so that no processor waits for one at the end.
# shellcheck disable=SC2016  # $1 is the inner shell's
plan | sort -k3,3nr | tr '\n' '\0' | xargs -0 -n 1 -P "$jobs" bash -c 'one "$1"' one

worst=0
judged=0
for log in "$out"/*.txt; do
  [[ $log == */afl.txt ]] && continue
  status=$(<"$log.status")
  case $status in
    0) ;;
    10) ((worst == 6)) || worst=10 ;;
    *) worst=6 ;;
  esac
  count=$(sed -n 's/^[a-z]*: \([0-9]*\) pairs of walks .*/\1/p' "$log" | tail -n 1)
  judged=$((judged + ${count:-0}))
done
findings=$(find "$out/findings" -mindepth 2 -maxdepth 2 -name 'finding-*' | wc -l)
if ((findings)); then
  echo "$judged pairs of walks judged, $findings findings in $out/findings"
  ((worst == 6)) || worst=10
else
  echo "$judged pairs of walks judged, no finding"
fi
exit "$worst"
