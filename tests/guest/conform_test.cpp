// SPDX-License-Identifier: GPL-2.0-only
// Captures against the model: representative records match, every kind of change to
// a record is noticed, and the whole 6.12 capture stays explained.
#include "guest/conform.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/guest/scratch_file.hpp"

namespace gupdiff {
namespace {

using nlohmann::json;

ConformResult conform_text(const std::string& text) {
  const ScratchFile file("records.jsonl", text);
  return conform({{file.path}, "6.12"});
}

/// The fixture's header and the record of `state` and `call`.
std::pair<std::string, json> fixture(const std::string& state, const std::string& call) {
  std::istringstream in(content_of(GUPDIFF_RECORDS));
  std::string header, line;
  std::getline(in, header);
  while (std::getline(in, line)) {
    json j = json::parse(line);
    if (j["s"] == state && j["c"] == call) return {header + "\n", j};
  }
  ADD_FAILURE() << state << " " << call << " is not in the fixture";
  return {};
}

/// The field in which a changed record differs; "match" if it still matches.
std::string changed(const std::string& state, const std::string& call, const std::function<void(json&)>& change) {
  auto [header, record] = fixture(state, call);
  change(record);
  const ConformResult r = conform_text(header + record.dump() + "\n");
  EXPECT_EQ(r.all.total(), 1u);
  return r.mismatches.empty() ? "match" : r.mismatches[0].field;
}

TEST(Conform, RepresentativeRecordsMatch) {
  const ConformResult r = conform({{GUPDIFF_RECORDS}, "6.12"});
  for (const auto& m : r.mismatches) ADD_FAILURE() << m.state << " " << m.call << ": " << m.field << ": " << m.detail;
  EXPECT_EQ(r.in_scope.not_modelled, 0u);
  EXPECT_GE(r.in_scope.match, 40u);
}

TEST(Conform, EveryKindOfChangeIsNoticed) {
  const auto none = [](json&) {};
  EXPECT_EQ(changed("k4.as.rw.0", "unl.W", none), "match");
  EXPECT_EQ(changed("k4.as.rw.0", "unl.W", [](json& r) { r["ret"] = 0; }), "ret");
  EXPECT_EQ(changed("k4.as.rw.0", "unl.W", [](json& r) { r["got"] = "ZERO x1"; }), "pages");
  EXPECT_EQ(changed("k4.as.rw.0", "unl.W", [](json& r) { r["flt"][0][1] = "W"; }), "faults");
  EXPECT_EQ(changed("k4.as.rw.0", "unl.W", [](json& r) { r["flt"][0][2] = "0x200"; }), "faults");
  EXPECT_EQ(changed("k4.as.rw.0", "unl.W", [](json& r) { r["fol"][0]["ref"][1] = 4; }), "references");
  EXPECT_EQ(changed("k4.as.rw.0", "unl.W", [](json& r) { r["fol"][0]["f"] = "anon"; }), "references");
  EXPECT_EQ(changed("k4.as.rw.0", "unl.W", [](json& r) { r["raw"][1] = "0x8000000143521825"; }), "entry");
  EXPECT_EQ(changed("k4.as.rw.0", "unl.W", [](json& r) { r["post"] = "pmd:leaf"; }), "entry");
  EXPECT_EQ(changed("k4.as.rw.0", "unl.W", [](json& r) { r["pg2"] = "-x1"; }), "mapped");
  EXPECT_EQ(changed("k4.as.rw.0", "prem.lk.W", [](json& r) { r["lk"] = 1; }), "locked");
  EXPECT_EQ(changed("h2.ap.rw.w.forkP", "gup.W", [](json& r) { r["pool"][0] = 0; }), "pool");
}

TEST(Conform, BlockedCallsMustBePredictedAsWhatTheyAre) {
  const auto waits = [](json& r) { r["stack"] = {"handle_userfault"}; };
  const auto loops = [](json& r) { r["stack"] = {"__get_user_pages"}; };
  EXPECT_EQ(changed("h1.ap.rw.w.mpnone", "gup.F", loops), "match");
  EXPECT_EQ(changed("h1.ap.rw.w.mpnone", "gup.F", waits), "termination");
  EXPECT_EQ(changed("k4.as.rw.0.uffdmiss", "unl", waits), "match");
  EXPECT_EQ(changed("k4.as.rw.0.uffdmiss", "unl", loops), "termination");
}

TEST(Conform, WhatCannotBeRebuiltIsNeverAMatch) {
  auto [header, record] = fixture("k4.as.rw.0", "unl.W");
  record["s"] = "k4.as.rw.0.unheard";
  const ConformResult r = conform_text(header + record.dump() + "\n");
  EXPECT_EQ(r.all.not_modelled, 1u);
  EXPECT_EQ(r.not_modelled_reasons.size(), 1u);
}

TEST(Conform, Linux612CaptureIsExplained) {
  const ConformResult r = conform({{GUPDIFF_CAPTURES "/6.12.jsonl.gz"}, "6.12"});
  EXPECT_EQ(r.in_scope.total(), 35679u);
  EXPECT_EQ(r.in_scope.mismatch, 0u);
  EXPECT_GE(r.in_scope.match, 35679u * 95 / 100);
}

TEST(Conform, Linux61CaptureIsExplained) {
  const ConformResult r = conform({{GUPDIFF_CAPTURES "/6.1.jsonl.gz"}, "6.1"});
  EXPECT_EQ(r.in_scope.total(), 33615u);
  EXPECT_EQ(r.in_scope.mismatch, 0u);
  EXPECT_GE(r.in_scope.match, 33615u * 95 / 100);
}

TEST(Conform, TheFastCallsAreExplained) {
  const ConformResult r = conform({{GUPDIFF_CAPTURES "/6.12.jsonl.gz", GUPDIFF_CAPTURES "/6.1.jsonl.gz"}, ""});
  for (const char* word : {"fast", "pfast", "fonly", "pfonly"}) {
    const ConformCounts& c = r.by_call.at(word);
    EXPECT_EQ(c.mismatch, 0u) << word;
    EXPECT_GE(c.match, c.total() * 99 / 100) << word;
  }
}

TEST(Conform, JsonHasTheAgreedKeys) {
  const json j = conform({{GUPDIFF_RECORDS}, "6.12"}).json();
  for (const char* key : {"match", "mismatch", "not_modelled", "in_scope", "by_call", "by_state_kind", "mismatches",
                          "not_modelled_reasons"}) {
    EXPECT_TRUE(j.contains(key)) << key;
  }
  EXPECT_TRUE(j["by_call"]["gup"].contains("match"));
}

TEST(Conform, OtherKernelsAndMachinesAreRefused) {
  const std::string other = R"({"format":1,"kernel":"6.12","arch":"s390x","levels":4})" "\n";
  EXPECT_NE(sentence([&] { conform_text(other); }).find("s390x, which is not modelled; give one of x86_64"), std::string::npos);
  const std::string flat = R"({"format":1,"kernel":"6.12","arch":"x86_64","levels":3})" "\n";
  EXPECT_NE(sentence([&] { conform_text(flat); }).find("with 3 page-table levels is modelled; there are 5-level, 4-level"),
            std::string::npos);
  const std::string old = R"({"format":1,"kernel":"6.1","arch":"x86_64","levels":5})" "\n";
  EXPECT_NE(sentence([&] { conform_text(old); }).find("of kernel 6.1, not 6.12"), std::string::npos);
  EXPECT_NE(sentence([] { conform({{GUPDIFF_RECORDS}, "5.10"}); }).find("no walk of kernel 5.10"), std::string::npos);
}

}  // namespace
}  // namespace gupdiff
