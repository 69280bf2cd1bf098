# SPDX-License-Identifier: GPL-2.0-only
# Builds one program of this source in a build folder of its own, for the tests that run it:
#   cmake -DSOURCE=. -DBINARY=DIR -DCOMPILER=clang++-19 -DPROGRAM=gupdiff_coverage -DOPTIONS=-DX=ON[;..] -P build_program.cmake
# What is there is built upon.
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BINARY} -G Ninja -DCMAKE_CXX_COMPILER=${COMPILER}
                        -DCMAKE_BUILD_TYPE=Quick ${OPTIONS}
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BINARY} --target ${PROGRAM} --parallel 2 COMMAND_ERROR_IS_FATAL ANY)
