// SPDX-License-Identifier: GPL-2.0-only
// The AFL++ target: persistent mode, test cases in shared memory. Inputs that the
// judge does not hold good end in abort().
//   afl-fuzz -i corpus/seeds-bin -o out -- build/afl/gupdiff_afl [A:B]
#include <cstdlib>
#include <iostream>

#include <unistd.h>

#include "fuzz/target.hpp"
#include "oracle/catalogue.hpp"
#include "oracle/registry.hpp"

#ifdef __AFL_FUZZ_INIT
__AFL_FUZZ_INIT();
#endif

int main(int argc, char** argv) {
  const auto pair = gupdiff::parse_pair(argc > 1 ? argv[1] : "v6.9:v6.10");
  if (!pair) {
    std::cerr << "gupdiff_afl: no such pair of walks: " << argv[1] << "\n";
    return 1;
  }
  gupdiff_target_configure(pair->a, pair->b, gupdiff::all_rows().to_string().c_str());
#ifdef __AFL_FUZZ_INIT
  __AFL_INIT();
  const unsigned char* input = __AFL_FUZZ_TESTCASE_BUF;
  while (__AFL_LOOP(100000))
    if (!gupdiff_target_run(input, static_cast<std::size_t>(__AFL_FUZZ_TESTCASE_LEN))) std::abort();
#else
  // Without AFL++: one input from standard input.
  static unsigned char input[1 << 16];
  std::cin.read(reinterpret_cast<char*>(input), sizeof input);
  if (!gupdiff_target_run(input, static_cast<std::size_t>(std::cin.gcount()))) std::abort();
#endif
  return 0;
}
