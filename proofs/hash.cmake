# SPDX-License-Identifier: GPL-2.0-only
# Run at every build: writes proofs_build.hpp, a hash of every source that can change a
# verdict and of how it is compiled, if it changed. Names are relative, so that the same
# sources have the same hash wherever they lie.
set(all "${COMPILER}\n")
foreach(room IN ITEMS model legacy unified oracle scenario proofs)
  file(GLOB_RECURSE files RELATIVE ${SOURCE} ${SOURCE}/${room}/*.cpp ${SOURCE}/${room}/*.hpp)
  list(SORT files)
  foreach(file IN LISTS files)
    file(SHA256 ${SOURCE}/${file} hash)
    string(APPEND all "${file} ${hash}\n")
  endforeach()
endforeach()
string(SHA256 hash "${all}")
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY
     CONTENT "// Written by proofs/hash.cmake.\n#pragma once\n#define GUPDIFF_PROVER_HASH \"${hash}\"\n")
