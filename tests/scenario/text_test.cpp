// SPDX-License-Identifier: GPL-2.0-only
// The text form's complaints: each names the line and what is wrong with it.
#include <gtest/gtest.h>

#include "scenario/names.hpp"
#include "scenario/normalise.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

constexpr const char* kCall = "[request]\napi = \"get\"\nstart = 0x200000000000\n";
constexpr const char* kMapping =
    "[[vma]]\nstart = 0x200000000000\nend = 0x200000200000\nkind = \"hugetlb\"\nhuge = \"2M\"\nflags = [\"READ\"]\n";
constexpr const char* kFolio = "[[folio]]\nname = \"A\"\nkind = \"hugetlb\"\nsize = \"2M\"\n";

std::string complaint(const std::string& text) {
  try {
    parse_text(text, "x.toml");
  } catch (const InputError& e) {
    return e.message;
  }
  return "";
}

struct Case {
  const char* name;
  std::string text;
  const char* begins;    ///< file and line
  const char* contains;  ///< part of the reason
};

class TextComplaint : public testing::TestWithParam<Case> {};

TEST_P(TextComplaint, NamesLineAndReason) {
  const std::string message = complaint(GetParam().text);
  EXPECT_EQ(message.find(GetParam().begins), 0u) << message;
  EXPECT_NE(message.find(GetParam().contains), std::string::npos) << message;
}

const Case kCases[] = {
    {"NotToml", "this is = = not toml\n", "x.toml:1: ", ""},
    {"NoRequest", "[env]\nhuge_pool = 1\n", "x.toml:1: ", "no [request]"},
    {"UnknownKey", std::string(kCall) + "strat = 1\n", "x.toml:4: ", "did you mean 'start'"},
    {"UnknownTable", std::string(kCall) + "[[vmas]]\n", "x.toml:4: ", "unknown key 'vmas'"},
    {"UnknownApi", "[request]\napi = \"gte\"\nstart = 0\n", "x.toml:2: ", "'get'"},
    {"UnknownFlag", std::string(kCall) + "flags = [\"WIRTE\"]\n", "x.toml:4: ", "'WRITE'"},
    {"WrongType", std::string(kCall) + "nr_pages = \"many\"\n", "x.toml:4: ", "not a number"},
    {"AddressOutOfRange", "[request]\napi = \"get\"\nstart = 0x200000000000000\n", "x.toml:3: ", "user address limit"},
    {"FourLevelsAddress", "[config]\nlevels = 4\n[request]\napi = \"get\"\nstart = 0x800000000000\n", "x.toml:5: ",
     "4 levels"},
    {"Levels", "[config]\nlevels = 3\n" + std::string(kCall), "x.toml:2: ", "4 or 5"},
    {"OverlappingVmas", std::string(kCall) + kMapping + kMapping, "x.toml:10: ", "overlaps"},
    {"EmptyVma", std::string(kCall) + "[[vma]]\nstart = 0x2000\nend = 0x1000\n", "x.toml:4: ", "end must be above start"},
    {"UnalignedVma", std::string(kCall) + "[[vma]]\nstart = 0x2001\nend = 0x3000\n", "x.toml:4: ", "not aligned"},
    {"HugetlbSize", std::string(kCall) + "[[vma]]\nstart = 0\nend = 0x200000\nkind = \"hugetlb\"\nhuge = \"64K\"\n",
     "x.toml:8: ", "'2M'"},
    {"HugetlbWithoutSize", std::string(kCall) + "[[vma]]\nstart = 0\nend = 0x200000\nkind = \"hugetlb\"\n",
     "x.toml:4: ", "huge = "},
    {"EntryWithoutFolio", std::string(kCall) + "[[entry]]\nlevel = \"pte\"\nat = 0x1000\nfolio = \"B\"\nbits = [\"PRESENT\"]\n",
     "x.toml:7: ", "points nowhere"},
    {"EntryBeyondFolio",
     std::string(kCall) + kFolio + "[[entry]]\nlevel = \"pte\"\nat = 0x1000\nfolio = \"A\"\noffset = 512\nbits = [\"PRESENT\"]\n",
     "x.toml:12: ", "points nowhere"},
    {"RawEntryNowhere", std::string(kCall) + "[[entry]]\nlevel = \"pte\"\nat = 0x1000\nvalue = 0x12345067\n", "x.toml:4: ",
     "points nowhere"},
    {"RawTableElsewhere", std::string(kCall) + "[[entry]]\nlevel = \"pmd\"\nat = 0x200000\nvalue = 0x12345067\n",
     "x.toml:4: ", "table = true"},
    {"LeafTooBigForItsFolio",
     std::string(kCall) + kFolio + "[[entry]]\nlevel = \"pud\"\nat = 0\nfolio = \"A\"\nbits = [\"PRESENT\", \"PSE\"]\n",
     "x.toml:8: ", "points nowhere"},
    {"TwoFormsInOneEntry", std::string(kCall) + kFolio + "[[entry]]\nlevel = \"pmd\"\nat = 0\ntable = true\nvalue = 1\n",
     "x.toml:8: ", "exactly one"},
    {"BelowALeaf",
     std::string(kCall) + kFolio +
         "[[entry]]\nlevel = \"pmd\"\nat = 0\nfolio = \"A\"\nbits = [\"PRESENT\", \"PSE\"]\n"
         "[[entry]]\nlevel = \"pte\"\nat = 0\nfolio = \"A\"\nbits = [\"PRESENT\"]\n",
     "x.toml:13: ", "not a table"},
    {"SameSlotTwice",
     std::string(kCall) + kFolio +
         "[[entry]]\nlevel = \"pte\"\nat = 0\nfolio = \"A\"\nbits = [\"PRESENT\"]\n"
         "[[entry]]\nlevel = \"pte\"\nat = 0\nfolio = \"A\"\nbits = [\"PRESENT\"]\n",
     "x.toml:13: ", "given twice"},
    {"PgdWithFourLevels",
     "[config]\nlevels = 4\n[request]\napi = \"get\"\nstart = 0\n[[entry]]\nlevel = \"pgd\"\nat = 0\ntable = true\n",
     "x.toml:7: ", "use p4d"},
    {"CacheOfNothing", std::string(kCall) + "[[cache]]\nfile = 1\nindex = 0\nfolio = \"Q\"\n", "x.toml:7: ", "no folio"},
    {"FolioTwice", std::string(kCall) + kFolio + kFolio, "x.toml:9: ", "given twice"},
    {"HugetlbFolioOrder", std::string(kCall) + "[[folio]]\nname = \"A\"\nkind = \"hugetlb\"\norder = 4\n", "x.toml:4: ",
     "2M or 1G"},
    {"ExpectState", std::string(kCall) + "[expect]\nresult = \"same\"\n", "x.toml:5: ", "did you mean"},
};
INSTANTIATE_TEST_SUITE_P(TextForm, TextComplaint, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(TextForm, ReadsWhatAPersonWrites) {
  const ScenarioFile f = parse_text(std::string("title = \"t\"\n") + kCall + "nr_pages = 2\nflags = [\"FORCE\"]\n" +
                                        kMapping + kFolio +
                                        "[[entry]]\nlevel = \"pmd\"\nat = 0x200000000000\nfolio = \"A\"\n"
                                        "bits = [\"PROTNONE\", \"ACCESSED\", \"PSE\"]\n",
                                    "x.toml");
  EXPECT_EQ(f.title, "t");
  EXPECT_EQ(f.world.request.nr_pages, 2u);
  EXPECT_EQ(f.world.request.flags, FOLL_FORCE);
  ASSERT_EQ(f.world.slots[1].size(), 1u);
  EXPECT_EQ(f.world.slots[1][0].value, 0x000fffff7ffff1a0ull);  // facts 8.5
  EXPECT_EQ(f.world.slots[2].size(), 1u);
  EXPECT_EQ(f.world.slots[4].size(), 1u);
}

TEST(TextForm, RawValuesAboveTheRangeOfTomlAreStrings) {
  const ScenarioFile f = parse_text(std::string(kCall) + kFolio +
                                        "[[entry]]\nlevel = \"pmd\"\nat = 0\nvalue = \"0x80000000800000e7\"\n",
                                    "x.toml");
  EXPECT_EQ(f.world.slots[1][0].value, 0x80000000800000e7ull);
}

TEST(TextForm, SwapFormsFollowTheConfiguration) {
  const auto value = [](const std::string& form) {
    return parse_text("[config]\ndevice_private = true\n" + std::string(kCall) +
                          "[[folio]]\nname = \"A\"\npfn = 0x5678\n[[entry]]\nlevel = \"pte\"\nat = 0\n" + form,
                      "x.toml")
        .world.slots[0][0]
        .value;
  };
  // Vectors of facts 8.5.
  EXPECT_EQ(value("marker = [\"UFFD_WP\"]\n"), 0xfffffffffffffc00ull);
  EXPECT_EQ(value("marker = [\"POISONED\"]\n"), 0xfffffffffffffa00ull);
  EXPECT_EQ(value("hwpoison = true\nfolio = \"A\"\n"), 0xbfffffffff530e00ull);
}

TEST(TextForm, EveryApiIsReadAndWritten) {
  for (const std::string_view name : api_names()) {
    const std::string call = "[request]\napi = \"" + std::string(name) + "\"\nstart = 0x200000000000\n";
    const Scenario w = parse_text(call, "x.toml").world;
    EXPECT_EQ(api_name(w.request.api), name);
    EXPECT_TRUE(same_scenario(parse_text(to_text(w), "again.toml").world, w)) << name;
  }
  EXPECT_EQ(api_name(Api::pin_fast_only), "pin_fast_only");
}

}  // namespace
}  // namespace gupdiff
