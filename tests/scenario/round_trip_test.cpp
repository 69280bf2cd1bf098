// SPDX-License-Identifier: GPL-2.0-only
// The binary form is total and canonical, the text form says the same.
#include <gtest/gtest.h>

#include "scenario/normalise.hpp"
#include "scenario/text.hpp"
#include "tests/scenario/any_scenario.hpp"

namespace gupdiff {
namespace {

TEST(BinaryForm, AnyBytesAreANormalScenario) {
  EXPECT_TRUE(rc::check([] {
    Scenario w;
    decode(*any_bytes(), w);
    RC_ASSERT(is_normal(w));
  }));
}

TEST(BinaryForm, EncodingADecodedScenarioIsStable) {
  EXPECT_TRUE(rc::check([] {
    Scenario a, b;
    decode(*any_bytes(), a);
    const std::vector<std::uint8_t> bytes = encode(a);
    RC_ASSERT(decode(bytes, b));
    RC_ASSERT(same_scenario(a, b));
    RC_ASSERT(encode(b) == bytes);
  }));
}

TEST(BinaryForm, DecodingReusesWhatAnotherScenarioLeftBehind) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Random r{seed};
    Scenario first, second, reused;
    generate_anything(r, first, Architecture::x86_64);
    generate_anything(r, second, Architecture::x86_64);
    decode(encode(first), reused);
    decode(encode(second), reused);
    RC_ASSERT(same_scenario(second, reused));
  }));
}

TEST(BinaryForm, EveryPrefixOfAnEncodingIsAScenarioAndSaysItEndedEarly) {
  Random r{7};
  Scenario w, cut;
  for (int i = 0; i < 50; ++i) {
    generate_reachable(r, w, Architecture::x86_64);
    const std::vector<std::uint8_t> bytes = encode(w);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      EXPECT_FALSE(decode({bytes.data(), n}, cut));
      EXPECT_TRUE(is_normal(cut));
    }
  }
}

TEST(BinaryForm, TypicalScenariosAreSmall) {
  Random r{1};
  Scenario w;
  std::size_t total = 0;
  for (int i = 0; i < 2000; ++i) {
    generate_reachable(r, w, Architecture::x86_64);
    total += encode(w).size();
  }
  EXPECT_LT(total / 2000, 200u);
}

TEST(BinaryForm, ABufferThatIsTooSmallIsNotOverrun) {
  Random r{3};
  Scenario w;
  generate_reachable(r, w, Architecture::x86_64);
  const std::vector<std::uint8_t> whole = encode(w);
  std::vector<std::uint8_t> small(whole.size(), 0xaa);
  EXPECT_EQ(encode(w, small.data(), whole.size() - 1), 0u);
  EXPECT_EQ(small.back(), 0xaa);
  EXPECT_EQ(encode(w, small.data(), whole.size()), whole.size());
}

TEST(TextForm, WritingAndReadingGivesTheSameWorld) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed, bool anything) {
    Random r{seed};
    Scenario w;
    const Architecture arch = pick(r, kAllArchitectures);
    anything ? generate_anything(r, w, arch) : generate_reachable(r, w, arch);
    mutate_some(r, w, anything ? Bounds::anything : Bounds::kernel);
    const std::string text = to_text(w);
    try {
      RC_ASSERT(same_scenario(parse_text(text, "text").world, w));
    } catch (const InputError& e) {
      RC_FAIL(e.message + "\n" + text);
    }
  }));
}

TEST(TextForm, TitleNoteAndExpectationSurvive) {
  ScenarioFile file;
  Random r{11};
  generate_reachable(r, file.world, Architecture::x86_64);
  file.title = "with \"quotes\" and \\";
  file.note = "two\nlines";
  file.expect = Expectation{"v6.9:v6.12", {"known", "equal", "", "divergent"}, {"D17", "D42"}, 0};
  const ScenarioFile back = parse_text(to_text(file), "text");
  EXPECT_EQ(back.title, file.title);
  EXPECT_EQ(back.note, file.note);
  ASSERT_TRUE(back.expect);
  EXPECT_EQ(back.expect->pair, "v6.9:v6.12");
  EXPECT_EQ(back.expect->facet, file.expect->facet);
  EXPECT_EQ(back.expect->divergence, file.expect->divergence);
}

}  // namespace
}  // namespace gupdiff
