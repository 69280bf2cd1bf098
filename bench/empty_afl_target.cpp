// SPDX-License-Identifier: GPL-2.0-only
// An empty AFL++ target, persistent and with test cases in shared memory: the rate that nothing under
// afl-fuzz can exceed.
#include <unistd.h>

__AFL_FUZZ_INIT();

int main() {
  __AFL_INIT();
  const volatile unsigned char* input = __AFL_FUZZ_TESTCASE_BUF;
  volatile unsigned seen = 0;
  while (__AFL_LOOP(100000)) {
    // One branch on the input, or afl-fuzz refuses a target without coverage.
    if (__AFL_FUZZ_TESTCASE_LEN > 0 && input[0] > 127) seen = 1;
  }
  return static_cast<int>(seen & 0);
}
