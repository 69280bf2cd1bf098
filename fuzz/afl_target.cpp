// SPDX-License-Identifier: GPL-2.0-only
// The AFL++ target: persistent mode, test cases in shared memory. Inputs that the
// judge does not hold good end in abort(), and so do those of which a neighbour is none.
// GUPDIFF_ANYTHING in the environment widens the neighbours as it does the mutator's inputs; GUPDIFF_AFL_PAIRS
// names a file of 8 bytes in which the pairs of walks are counted.
//   gupdiff_afl [--pair A:B] [--without D17,...] [--verdict]
// Without afl-fuzz it runs one input from standard input; --verdict then says "holds" or "fails" (exit
// status 0 or 10) where it would end in abort().
#include <cstdlib>
#include <cstring>
#include <iostream>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/neighbours.hpp"
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

#ifdef __AFL_FUZZ_INIT
/// Where pairs are counted: memory that all processes of the fork server share with the file.
std::uint64_t& pairs_counter() {
  static std::uint64_t nowhere = 0;
  const char* name = std::getenv("GUPDIFF_AFL_PAIRS");
  const int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return nowhere;
  void* memory = mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return memory == MAP_FAILED ? nowhere : *static_cast<std::uint64_t*>(memory);
}
#endif

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
    gupdiff_neighbours_configure(pair.a, pair.b, rows.to_string().c_str(), std::getenv("GUPDIFF_ANYTHING") != nullptr);
    std::uint64_t& pairs = pairs_counter();
    __AFL_INIT();
    // AFL++ requires that this comes after __AFL_INIT and before the loop.
    const unsigned char* input = __AFL_FUZZ_TESTCASE_BUF;
    while (__AFL_LOOP(100000)) {
      const auto size = static_cast<std::size_t>(__AFL_FUZZ_TESTCASE_LEN);
      const int judged = gupdiff_target_run(input, size);
      ++pairs;
      if (judged == 0) std::abort();
      if (judged != 1) continue;  // a long walk: its neighbours are as long
      pairs += gupdiff::kAflNeighbours;
      if (!gupdiff_neighbours_hold(input, size)) std::abort();
    }
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
