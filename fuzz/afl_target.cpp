// SPDX-License-Identifier: GPL-2.0-only
// The AFL++ target: persistent mode, test cases in shared memory. Inputs that the
// judge does not hold good end in abort().
//   gupdiff_afl [--pair A:B] [--without D17,...] [--verdict]
// Without afl-fuzz it runs one input from standard input; --verdict then says "holds" or "fails" (exit
// status 0 or 10) where it would end in abort().
#include <cstdlib>
#include <cstring>
#include <iostream>

#include <unistd.h>

#include "fuzz/target.hpp"
#include "oracle/catalogue.hpp"
#include "oracle/registry.hpp"

#ifdef __AFL_FUZZ_INIT
__AFL_FUZZ_INIT();
#endif

namespace {

int bad_usage(const std::string& what) {
  std::cerr << "gupdiff_afl: " << what << "\nusage: gupdiff_afl [--pair A:B] [--without D17,...] [--verdict]\n";
  return 2;
}

/// Switches the rows of a list off; the id that is none, else nothing.
std::string switch_off(const std::string& list, gupdiff::RowSet& rows) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    const std::string id = list.substr(at, end - at);
    const int row = gupdiff::find_row(id);
    if (row < 0) return id.empty() ? "," : id;
    rows.reset(static_cast<std::size_t>(row));
    at = end + 1;
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  auto pair = gupdiff::default_pair();
  gupdiff::RowSet rows = gupdiff::all_rows();
  bool verdict = false;
  for (int i = 1; i < argc; ++i) {
    const bool has_value = i + 1 < argc;
    if (std::strcmp(argv[i], "--verdict") == 0) {
      verdict = true;
    } else if (std::strcmp(argv[i], "--pair") == 0 && has_value) {
      const auto named = gupdiff::parse_pair(argv[++i]);
      if (!named) return bad_usage(std::string("no such pair of walks: ") + argv[i]);
      pair = *named;
    } else if (std::strcmp(argv[i], "--without") == 0 && has_value) {
      const std::string unknown = switch_off(argv[++i], rows);
      if (!unknown.empty()) return bad_usage("no such catalogue row: " + unknown);
    } else {
      return bad_usage(std::string("what is ") + argv[i] + "?");
    }
  }
  gupdiff_target_configure(pair.a, pair.b, rows.to_string().c_str());
  gupdiff_target_warm_up();
#ifdef __AFL_FUZZ_INIT
  if (!verdict) {
    __AFL_INIT();
    // AFL++ requires that this comes after __AFL_INIT and before the loop.
    const unsigned char* input = __AFL_FUZZ_TESTCASE_BUF;
    while (__AFL_LOOP(100000))
      if (!gupdiff_target_run(input, static_cast<std::size_t>(__AFL_FUZZ_TESTCASE_LEN))) std::abort();
    return 0;
  }
#endif
  static unsigned char input[1 << 16];
  std::cin.read(reinterpret_cast<char*>(input), sizeof input);
  const bool good = gupdiff_target_run(input, static_cast<std::size_t>(std::cin.gcount()));
  if (verdict) std::cout << (good ? "holds" : "fails") << "\n";
  else if (!good) std::abort();
  return good ? 0 : 10;
}
