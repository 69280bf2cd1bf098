// SPDX-License-Identifier: GPL-2.0-only
// From a failing input to a folder with two files and a command to replay it.
#include "fuzz/finding.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include <unistd.h>

#include <fmt/format.h>

#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/binary.hpp"
#include "scenario/fnv.hpp"
#include "scenario/shrinker.hpp"
#include "scenario/text.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

/// Of this process, which is the engine's.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// The identity of an input that the engine's copy of the judge refuses and the tool's own does not.
constexpr const char* kDisagreement = "judge disagrees with the fast check";

std::string summary_of(const Judgement& j) {
  for (int f = 0; f < kFacets; ++f)
    if (j.facet[f].state == FacetState::divergent)
      return fmt::format("{}: {}", facet_name(static_cast<Facet>(f)), j.facet[f].first_difference);
  if (!j.safety.empty()) {
    const SafetyFinding& s = j.safety.front();
    return fmt::format("{} breaks {}: {}", walk_name(s.walk),
                       properties()[static_cast<std::size_t>(s.property)].id, s.detail);
  }
  return "the fast check and the judge disagree";
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

std::string replay_command(const std::filesystem::path& file, WalkPair pair, const RowSet& enabled) {
  const std::string without = fmt::format("{}", fmt::join(rows_off(enabled), ","));
  return fmt::format("gupdiff replay {} --pair {}{}{}", shell_word(file.string()), pair_name(pair),
                     without.empty() ? "" : " --without ", without);
}

std::string finding_name(const std::string& identity) { return fmt::format("finding-{:016x}", fnv1a(identity)); }

std::string finding_title(const Scenario& world, WalkPair pair, const RowSet& enabled) {
  return summary_of(judge(world, pair, enabled));
}

int shrink_finding(Scenario& world, WalkPair pair, const RowSet& enabled, const FindingIdentity& identity,
                   const std::function<void(const Scenario&, int)>& progress) {
  PairMachines machines;
  // A finding of another build of the check (a target, AFL++) may be none here: then the judge alone decides.
  const bool seen_fast = !holds(world, pair, enabled, machines);
  int asked = 0;
  shrink(world, [&](const Scenario& s) {
    ++asked;
    if (progress) progress(s, asked);
    for (const int w : {pair.a, pair.b})
      if (!runs_on(walks()[static_cast<std::size_t>(w)], s.config)) return false;
    if (seen_fast && holds(s, pair, enabled, machines)) return false;
    return identify(s, pair, enabled) == identity;
  });
  return asked;
}

FuzzFinding write_finding(const std::filesystem::path& folder, ScenarioFile file, WalkPair pair, const RowSet& enabled) {
  namespace fs = std::filesystem;
  FuzzFinding out;
  out.identity = identify(file.world, pair, enabled).text();
  out.summary = finding_title(file.world, pair, enabled);
  out.text_file = folder / "scenario.toml";
  out.binary_file = folder / "scenario.bin";
  out.replay_command = replay_command(out.text_file, pair, enabled);
  file.title = out.summary;
  file.note += fmt::format("{}{}", file.note.empty() ? "" : " ", out.replay_command);
  const std::string text = to_text(file);
  const std::vector<std::uint8_t> bytes = encode(file.world);
  const std::string_view binary{reinterpret_cast<const char*>(bytes.data()), bytes.size()};

  std::error_code error;
  const bool again = fs::is_directory(folder, error);
  const fs::path target = again ? folder : fs::path(folder.string() + fmt::format(".part{}", getpid()));
  try {
    if (!again && !fs::create_directories(target, error) && error)
      throw InputError{fmt::format("{}: the folder cannot be made: {}", folder.string(), error.message())};
    write_whole(target / out.text_file.filename(), text);
    write_whole(target / out.binary_file.filename(), binary);
    if (!again) fs::rename(target, folder, error);
    // Another run may have been faster with the same finding.
    if (error && !fs::is_directory(folder))
      throw InputError{fmt::format("{}: the folder cannot be made: {}", folder.string(), error.message())};
  } catch (const InputError&) {
    if (!again) fs::remove_all(target, error);
    throw;
  }
  if (!again) fs::remove_all(target, error);
  return out;
}

FuzzFinding found_before(const std::filesystem::path& folder, const FindingIdentity& identity, WalkPair pair, const RowSet& enabled) {
  const std::filesystem::path text = folder / "scenario.toml";
  return {identity.text(), load(text).title, text, folder / "scenario.bin", replay_command(text, pair, enabled)};
}

std::optional<FuzzFinding> FindingWriter::take(std::span<const std::uint8_t> input) {
  ScenarioFile file;
  decode(input, file.world);
  FindingIdentity identity = identify(file.world, options_.pair, options_.enabled);
  const bool found = !identity.empty();
  if (!known_.insert(found ? identity.text() : kDisagreement).second) return std::nullopt;
  const std::filesystem::path folder = options_.findings_dir / finding_name(found ? identity.text() : kDisagreement);
  std::error_code error;
  if (found && options_.keep_findings && std::filesystem::exists(folder / "scenario.toml", error))
    return found_before(folder, identity, options_.pair, options_.enabled);
  const double search_seconds = processor_seconds();
  if (found) shrink_finding(file.world, options_.pair, options_.enabled, identity);
  const double shrink_seconds = processor_seconds() - search_seconds;
  file.note = fmt::format("Found by gupdiff fuzz, seed {}.", options_.seed);
  FuzzFinding out = write_finding(folder, std::move(file), options_.pair, options_.enabled);
  out.search_seconds = search_seconds;
  out.shrink_seconds = shrink_seconds;
  if (!found) out.identity = kDisagreement;
  return out;
}

}  // namespace gupdiff
