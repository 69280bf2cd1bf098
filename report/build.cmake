# SPDX-License-Identifier: GPL-2.0-only
# Run at every build: writes report_build.hpp (version and commit) if it changed.
find_program(git git)
set(commit "unknown")
if(git)
  execute_process(COMMAND ${git} -C ${SOURCE} rev-parse --short=12 HEAD OUTPUT_VARIABLE head
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(commit "${head}")
    execute_process(COMMAND ${git} -C ${SOURCE} status --porcelain --untracked-files=no
                    OUTPUT_VARIABLE changed ERROR_QUIET)
    if(changed)
      string(APPEND commit "+")  # built from a tree with changes
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY
     CONTENT "// Written by report/build.cmake.\n#pragma once\n#define GUPDIFF_VERSION \"${VERSION}\"\n#define GUPDIFF_COMMIT \"${commit}\"\n")
