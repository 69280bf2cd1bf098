// SPDX-License-Identifier: GPL-2.0-only
// From a failing input to two files and a command to replay it.
#include "fuzz/finding.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <unistd.h>

#include <fmt/format.h>

#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/binary.hpp"
#include "scenario/shrinker.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

Judgement judge_scenario(const Scenario& w, const FuzzOptions& o) {
  static Machine<Concrete> a, b;
  run_walk(o.pair.a, w, a);
  run_walk(o.pair.b, w, b);
  return judge(w, o.pair, a, b, o.enabled);
}

std::string summary_of(const Judgement& j) {
  for (int f = 0; f < kFacets; ++f)
    if (j.facet[f].state == FacetState::divergent)
      return fmt::format("{}: {}", facet_name(static_cast<Facet>(f)), j.facet[f].first_difference);
  if (!j.safety.empty()) {
    const SafetyFinding& s = j.safety.front();
    return fmt::format("{} breaks {}: {}", walks()[static_cast<std::size_t>(s.walk)].name,
                       properties()[static_cast<std::size_t>(s.property)].id, s.detail);
  }
  return "the fast check and the judge disagree";
}

/// FNV-1a: a file name that the same finding gets in every campaign.
std::string name_of(const std::string& identity) {
  std::uint64_t h = 0xcbf29ce484222325ull;
  for (const char c : identity) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return fmt::format("finding-{:016x}", h);
}

/// A path the shell takes as one word.
std::string shell_word(const std::string& s) {
  if (s.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+=@") == std::string::npos)
    return s;
  std::string out = "'";
  for (const char c : s) c == '\'' ? out += "'\\''" : out += c;
  return out + "'";
}

}  // namespace

void write_scenario_file(const std::filesystem::path& path, std::span<const char> content) {
  const std::string temporary = path.string() + fmt::format(".part{}", getpid());
  std::FILE* f = std::fopen(temporary.c_str(), "wb");
  bool ok = f && std::fwrite(content.data(), 1, content.size(), f) == content.size();
  int error = errno;
  if (f && std::fclose(f) != 0 && ok) {
    ok = false;
    error = errno;
  }
  if (ok && std::rename(temporary.c_str(), path.c_str()) == 0) return;
  if (ok) error = errno;
  std::remove(temporary.c_str());
  throw InputError{fmt::format("{}: cannot be written: {}", path.string(), std::strerror(error))};
}

std::string replay_command(const std::filesystem::path& file, WalkPair pair, const RowSet& enabled) {
  std::string without;
  for (std::size_t i = 0; i < catalogue().size(); ++i)
    if (!enabled.test(i)) without += fmt::format("{}{}", without.empty() ? "" : ",", catalogue()[i].id);
  return fmt::format("gupdiff replay {} --pair {}:{}{}{}", shell_word(file.string()),
                     walks()[static_cast<std::size_t>(pair.a)].name, walks()[static_cast<std::size_t>(pair.b)].name,
                     without.empty() ? "" : " --without ", without);
}

std::optional<FuzzFinding> FindingWriter::take(std::span<const std::uint8_t> input) {
  ScenarioFile file;
  decode(input, file.world);
  const Judgement found = judge_scenario(file.world, options_);
  const std::string identity = found.holds() ? "judge disagrees with the fast check" : found.identity();
  if (!known_.insert(identity).second) return std::nullopt;
  if (!found.holds())
    shrink(file.world, [&](const Scenario& s) { return judge_scenario(s, options_).identity() == identity; });

  FuzzFinding out;
  out.identity = identity;
  out.summary = summary_of(judge_scenario(file.world, options_));
  const std::string stem = name_of(identity);
  out.text_file = options_.findings_dir / (stem + ".toml");
  out.binary_file = options_.findings_dir / (stem + ".bin");
  out.replay_command = replay_command(out.text_file, options_.pair, options_.enabled);
  file.title = out.summary;
  file.note = fmt::format("Found by gupdiff fuzz, seed {}. {}", options_.seed, out.replay_command);
  const std::string text = to_text(file);
  const std::vector<std::uint8_t> bytes = encode(file.world);
  write_scenario_file(out.text_file, text);
  write_scenario_file(out.binary_file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return out;
}

}  // namespace gupdiff
