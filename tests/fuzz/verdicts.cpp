// SPDX-License-Identifier: GPL-2.0-only
// verdicts FILE: a line with the verdict on each line of FILE ("NAME PAIR ROW-OR-- BYTES-IN-HEX"), then on
// scenarios that it generates itself. Built with several compilers, which must say the same byte for byte.
#include <fstream>
#include <iostream>

#include "scenario/generator.hpp"
#include "scenario/mutator.hpp"
#include "tests/fuzz/verdict.hpp"

namespace {

using namespace gupdiff;

std::vector<std::uint8_t> from_hex(const std::string& hex) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return out;
}

/// 250 of each architecture that is catalogued; every second one mutated.
void generated(std::ostream& out) {
  Scenario w;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    Random random{seed * 0x9e3779b97f4a7c15ull};
    generate_reachable(random, w, pick(random, kCatalogued));
    if (seed % 2) mutate_some(random, w, Bounds::kernel);
    out << verdict_line({"generated-" + std::to_string(seed), "v6.9:v6.10", "-", encode(w)}) << "\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::ifstream in(argc == 2 ? argv[1] : "");
  if (!in) {
    std::cerr << "usage: verdicts FILE\n";
    return 1;
  }
  gupdiff::VerdictInput input;
  std::string hex;
  while (in >> input.name >> input.pair >> input.without >> hex) {
    input.bytes = from_hex(hex);
    std::cout << verdict_line(input) << "\n";
  }
  generated(std::cout);
  return 0;
}
