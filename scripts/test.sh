#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Every test, from a clean clone: install, build, ctest. Further arguments go to
# ctest (for example -R report).
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --tests
scripts/build.sh
scripts/build.sh --preset afl # without it the tests of AFL++ are skipped
exec ctest --test-dir build/release --output-on-failure --parallel "$(nproc)" "$@"
