#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Installs the Debian 12 packages that are missing; says nothing if none is.
# Usage: scripts/setup.sh [--tests]   (--tests: also what only the tests need)
set -euo pipefail

# What each one is for is said in README.md, "What it is built on".
packages=(
  clang-19 libclang-rt-19-dev g++ cmake ninja-build git python3
  libz3-dev libdw-dev libcli11-dev libfmt-dev nlohmann-json3-dev libtomlplusplus-dev
  libkainjow-mustache-dev zlib1g-dev graphviz gnuplot-nox patch
  libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev
)
test_packages=(clang-14 llvm-19 afl++ python3-jsonschema cvc5)

case "${1:-}" in
  --tests) packages+=("${test_packages[@]}") ;;
  '') ;;
  *)
    echo "setup.sh: unknown option '$1'; the only one is --tests." >&2
    exit 1
    ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "setup.sh: this is not a Debian system; install by hand: ${packages[*]}" >&2
  exit 2
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "setup.sh: run this as root or install sudo; these packages are missing: ${missing[*]}" >&2
    exit 2
  fi
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" >"$log" 2>&1; }

echo "Installing with apt-get: ${missing[*]}"
if ! apt update; then
  tail -n 5 "$log" >&2
  echo "setup.sh: 'apt-get update' failed (its last lines are above); check the network and /etc/apt, then run this again." >&2
  exit 2
fi
if ! apt install -y --no-install-recommends "${missing[@]}"; then
  tail -n 5 "$log" >&2
  echo "setup.sh: 'apt-get install' failed (its last lines are above); this needs the packages of Debian 12 (bookworm)." >&2
  exit 2
fi
