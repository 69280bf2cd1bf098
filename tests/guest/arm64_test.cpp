// SPDX-License-Identifier: GPL-2.0-only
// Captures of arm64: what their headers do not say is found in their records, words are
// compared in the recorded kernel's format, and the captures stay explained.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "guest/conform.hpp"
#include "guest/recorded_machine.hpp"
#include "model/arch/arm64/v6_1.hpp"
#include "tests/guest/scratch_file.hpp"

namespace gupdiff {
namespace {

using nlohmann::json;

Capture capture(const char* name) { return read_capture(std::string(GUPDIFF_CAPTURES "/") + name); }

/// The recorded words of every leaf of a capture.
std::vector<std::uint64_t> leaf_words(const Capture& c) {
  std::vector<std::uint64_t> words;
  for (const CaptureRecord& r : c.records) {
    if (r.before.kind == "leaf" || r.before.kind == "protnone") words.push_back(r.raw_before);
    if (r.after.kind == "leaf" || r.after.kind == "protnone") words.push_back(r.raw_after);
  }
  return words;
}

/// The highest level that a capture names, and whether its entry there is ever anything but none.
std::pair<Level, bool> topmost(const Capture& c) {
  Level top = Level::pte;
  bool filled = false;
  for (const CaptureRecord& r : c.records) {
    for (const CapturedEntry* e : {&r.before, &r.after}) {
      if (e->kind.empty() || e->level < top) continue;
      filled = (e->level == top && filled) || e->kind != "none";
      top = e->level;
    }
  }
  return {top, filled};
}

TEST(RecordedMachine, HeaderWithoutLevelsIsCompletedFromTheRecords) {
  for (const char* name : {"arm64-6.12.jsonl.gz", "arm64-6.1.jsonl.gz"}) {
    const Capture c = capture(name);
    EXPECT_FALSE(c.levels);
    const RecordedMachine machine = recorded_machine(c);
    const Geometry& g = geometry_of(machine.config);
    EXPECT_EQ(machine.config.arch, Architecture::arm64);
    EXPECT_EQ(g.page_shift, 12);
    EXPECT_GE(g.levels, 4);
    EXPECT_FALSE(machine.swap_area);
    const std::pair<Level, bool> unmapped_at_p4d{Level::p4d, false};
    EXPECT_EQ(topmost(c), unmapped_at_p4d) << name;
  }
}

TEST(RecordedMachine, EveryLeafOfACaptureIsOfOneFormat) {
  const Capture now = capture("arm64-6.12.jsonl.gz"), old = capture("arm64-6.1.jsonl.gz");
  EXPECT_EQ(recorded_machine(now).words, WordFormat::arm64_lpa2);
  for (const std::uint64_t w : leaf_words(now)) EXPECT_EQ(w & arm64::SHARED, 0u) << std::hex << w;
  EXPECT_EQ(recorded_machine(old).words, WordFormat::arm64_6_1);
  for (const std::uint64_t w : leaf_words(old)) EXPECT_EQ(w & arm64::SHARED, arm64::SHARED) << std::hex << w;
}

TEST(RecordedMachine, SwapTypesAreThoseOfTheModelsConfiguration) {
  for (const char* name : {"arm64-6.12.jsonl.gz", "arm64-6.1.jsonl.gz"}) {
    const Capture c = capture(name);
    const bool old = c.kernel == "6.1";
    const SwapTypes types = swap_types(recorded_machine(c).config);
    int seen = 0;
    for (const CaptureRecord& r : c.records) {
      const std::uint64_t type = (r.raw_before >> (old ? 3 : 6)) & 0x1f;
      if (r.before.kind == "hwpoison") EXPECT_EQ(type, types.hwpoison);
      else if (r.before.kind == "migR") EXPECT_EQ(type, types.migration_read);
      else if (r.before.kind == "migW") EXPECT_EQ(type, types.migration_write);
      else if (r.before.kind == "marker") EXPECT_EQ(type, types.marker);
      else continue;
      ++seen;
    }
    EXPECT_GT(seen, 50);
  }
}

TEST(RecordedMachine, FormatsAndLevelsThatDoNotFitAreRefused) {
  const ScratchFile three("three.jsonl", R"({"format":1,"kernel":"6.12","arch":"arm64","levels":2})" "\n");
  EXPECT_NE(sentence([&] { recorded_machine(read_capture(three.path)); }).find("2 page-table levels is modelled; there are"),
            std::string::npos);
  const ScratchFile other("other.jsonl", R"({"format":1,"kernel":"6.12","arch":"sparc64","levels":null})" "\n");
  EXPECT_NE(sentence([&] { recorded_machine(read_capture(other.path)); }).find("sparc64, which is not modelled; give one of x86_64, arm64"),
            std::string::npos);
}

/// The field in which the changed record `state` `call` of the fixture differs; "match" if in none.
std::string changed(const std::string& state, const std::string& call, const std::function<void(json&)>& change) {
  std::istringstream in(content_of(GUPDIFF_ARM64_RECORDS));
  std::string header, line;
  std::getline(in, header);
  while (std::getline(in, line)) {
    json j = json::parse(line);
    if (j["s"] != state || j["c"] != call) continue;
    change(j);
    const ScratchFile file("changed.jsonl", header + "\n" + j.dump() + "\n");
    const ConformResult r = conform({{file.path}, "6.12"});
    if (r.all.not_modelled > 0) return "not modelled";
    return r.mismatches.empty() ? "match" : r.mismatches[0].field;
  }
  return "not in the fixture";
}

TEST(Arm64Conform, RepresentativeRecordsMatch) {
  const ConformResult r = conform({{GUPDIFF_ARM64_RECORDS}, "6.12"});
  for (const auto& m : r.mismatches) ADD_FAILURE() << m.state << " " << m.call << ": " << m.field << ": " << m.detail;
  for (const auto& [reason, n] : r.not_modelled_reasons) ADD_FAILURE() << n << " " << reason;
  EXPECT_GE(r.in_scope.match, 16u);
}

TEST(Arm64Conform, ChangedBitsAreNoticed) {
  EXPECT_EQ(changed("h2.ap.rw.0", "pup.W", [](json&) {}), "match");
  // Without the accessed bit; writable and clean; one level up.
  EXPECT_EQ(changed("h2.ap.rw.0", "pup.W", [](json& r) { r["raw"][1] = "0xe8000040000841"; }), "entry");
  EXPECT_EQ(changed("h2.ap.rw.0", "pup.W", [](json& r) { r["raw"][1] = "0x68000040000cc1"; }), "entry");
  EXPECT_EQ(changed("h2.ap.rw.0", "pup.W", [](json& r) { r["post"] = "pud:leaf"; }), "entry");
  EXPECT_EQ(changed("h2.ap.rw.w.hwentry", "pup", [](json& r) { r["flt"][0][2] = "0x10020"; }), "faults");
  EXPECT_EQ(changed("h2.ap.rw.w.migw", "gup.W", [](json& r) { r["raw"][0] = "0x42600700"; }), "not modelled");
}

TEST(Arm64Conform, Linux612CaptureIsExplained) {
  const ConformResult r = conform({{GUPDIFF_CAPTURES "/arm64-6.12.jsonl.gz"}, "6.12"});
  EXPECT_EQ(r.in_scope.total(), 630u);
  EXPECT_EQ(r.in_scope.mismatch, 0u);
  EXPECT_EQ(r.in_scope.match, 630u);
}

TEST(Arm64Conform, Linux61CaptureIsExplained) {
  const ConformResult r = conform({{GUPDIFF_CAPTURES "/arm64-6.1.jsonl.gz"}, ""});
  EXPECT_EQ(r.in_scope.total(), 570u);
  EXPECT_EQ(r.in_scope.mismatch, 0u);
  EXPECT_EQ(r.in_scope.match, 570u);
}

}  // namespace
}  // namespace gupdiff
