// SPDX-License-Identifier: GPL-2.0-only
// Seeds and a dictionary for the fuzz targets of this folder, from scenarios in text form.
//   gupdiff_seed_corpus A:B FOLDER FILE...   those that both walks are models of, as FOLDER/NAME.bin
//   gupdiff_seed_corpus --dictionary FILE... words of the binary form, one a line
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "model/arch/words.hpp"
#include "oracle/registry.hpp"
#include "scenario/binary.hpp"
#include "scenario/bytes.hpp"
#include "scenario/input_error.hpp"
#include "scenario/text.hpp"

namespace {

using namespace gupdiff;

/// What `write` writes, as a dictionary's word.
template <class Write>
std::string word(Write write) {
  std::uint8_t bytes[16];
  ByteWriter out(bytes, sizeof bytes);
  write(out);
  std::string text;
  for (std::size_t i = 0; i < out.size(); ++i) text += fmt::format("\\x{:02x}", bytes[i]);
  return "\"" + text + "\"";
}

/// What a blind mutator would hardly guess: the flags of requests and mappings as they occur,
/// and the state bits of entries.
void print_dictionary(int files, char** file) {
  std::set<std::string> words;
  for (int i = 0; i < files; ++i) {
    const Scenario w = load(file[i]).world;
    words.insert(word([&](ByteWriter& out) { out.number(w.request.flags); }));
    for (const auto& v : w.vmas) words.insert(word([&](ByteWriter& out) { out.number(v.flags); }));
    for (const auto& level : w.slots)
      for (const auto& slot : level)
        words.insert(word([&](ByteWriter& out) {
          out.fixed(flag_bits(w.config.arch, geometry_of(w.config), slot.value), flag_bytes(w.config.arch));
        }));
  }
  for (const std::string& w : words) std::cout << w << "\n";
}

int write_seeds(const char* name, const std::filesystem::path& folder, int files, char** file) {
  const auto pair = parse_pair(name);
  if (!pair) throw InputError{fmt::format("{}: no such pair of walks.", name)};
  int written = 0;
  for (int i = 0; i < files; ++i) {
    const Scenario w = load(file[i]).world;
    bool modelled = true;
    for (const int walk : {pair->a, pair->b}) modelled = modelled && runs_on(walks()[static_cast<std::size_t>(walk)], w.config);
    if (!modelled) continue;
    const std::vector<std::uint8_t> bytes = encode(w);
    const auto out = folder / (std::filesystem::path(file[i]).stem().string() + ".bin");
    std::ofstream stream(out, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!stream.flush()) throw InputError{fmt::format("{}: cannot be written.", out.string())};
    ++written;
  }
  if (written == 0) throw InputError{fmt::format("{}: none of the scenarios is of a machine that both walks are models of.", name)};
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc > 2 && std::string(argv[1]) == "--dictionary") return print_dictionary(argc - 2, argv + 2), 0;
    if (argc > 3) return write_seeds(argv[1], argv[2], argc - 3, argv + 3);
  } catch (const InputError& e) {
    std::cerr << "gupdiff_seed_corpus: " << e.message << "\n";
    return 2;
  }
  std::cerr << "usage: gupdiff_seed_corpus A:B FOLDER FILE... | --dictionary FILE...\n";
  return 1;
}
