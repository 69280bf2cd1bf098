// SPDX-License-Identifier: GPL-2.0-only
// The generator of mutants: its scanner, each operator on a few lines, and the list it makes of
// the model sources.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "mutants/equivalent.hpp"
#include "mutants/generate.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = GUPDIFF_SOURCE;

/// A file with one function of that body.
CxxSource function_of(const std::string& body) {
  return scan_cxx("x.hpp", "namespace n {\ntemplate <class M>\nint f(M& m, int flags) {\n" + body + "}\n}\n");
}
/// The body as the sites of `op` leave it, each.
std::vector<std::string> mutated(const std::string& body, MutantOperator op) {
  const CxxSource s = function_of(body);
  std::vector<std::string> out;
  for (const MutationSite& site : mutation_sites(s, s.functions.at(0)))
    if (site.op == op) {
      const std::string text = edited(s.text, site.edits);
      const std::string_view head = "int f(M& m, int flags) {\n";
      const auto b = text.find(head) + head.size();
      out.push_back(text.substr(b, text.rfind("}\n}") - b));
    }
  return out;
}
using Texts = std::vector<std::string>;

TEST(CxxScan, SkipsCommentsPreprocessorAndText) {
  const CxxSource s = scan_cxx("x.hpp", "#define A(x) \\\n  if (x) return\n// if (a == b)\n/* < \n */ const char* t = \"a == \\\" b\"; int n = 1'000;\n");
  Texts words;
  for (std::size_t t = 0; t < s.tokens.size(); ++t) words.emplace_back(s.at(t));
  EXPECT_EQ(words, (Texts{"const", "char", "*", "t", "=", "\"a == \\\" b\"", ";", "int", "n", "=", "1'000", ";"}));
  EXPECT_EQ(s.tokens.front().line, 4u);
}

TEST(CxxScan, FindsFunctionsAndStatements) {
  const CxxSource s = scan_cxx("x.hpp",
                               "namespace a::b {\nenum class E { x };\ninline constexpr int k[] = {1, 2};\nstruct S {\n  W w{};\n"
                               "  template <class M>\n  int operator()(M& m) const { return m.f([&] { return 1; }); }\n};\n"
                               "template <class M>\ntypename M::W g(M& m) {\n  if (a) {\n    b();\n  } else if (c) d(); else e();\n"
                               "  for (int i = 0; i < 3; ++i) f();\n  switch (x) {\n    case E::x: return h();\n    default: break;\n  }\n  return W{0};\n}\n}\n");
  ASSERT_EQ(s.functions.size(), 2u);
  EXPECT_EQ(s.functions[0].name, "operator()");
  EXPECT_EQ(s.functions[0].scope, "S");
  EXPECT_EQ(s.functions[1].name, "g");
  EXPECT_EQ(s.functions[1].scope, "a::b");
  const std::vector<Statement>& body = s.functions[1].body;
  ASSERT_EQ(body.size(), 4u);
  EXPECT_EQ(s.between(body[0].open + 1, body[0].close - 1), "a");
  ASSERT_EQ(body[0].otherwise.size(), 1u);
  EXPECT_EQ(s.between(body[0].otherwise[0].first, body[0].otherwise[0].last), "if (c) d(); else e();");
  EXPECT_EQ(body[1].kind, Statement::Kind::loop);
  ASSERT_EQ(body[2].body.size(), 2u);
  EXPECT_EQ(s.between(body[2].body[0].first, body[2].body[0].last), "return h();");
  EXPECT_THROW(scan_cxx("x.hpp", "int f() { (; }"), InputError);
}

TEST(MutantOperators, SwapComparison) {
  EXPECT_EQ(mutated("if (g<int>(a) < b) c();\n", MutantOperator::swap_comparison), Texts{"if (g<int>(a) <= b) c();\n"});
  EXPECT_EQ(mutated("return (flags & X) == 0u;\n", MutantOperator::swap_comparison), Texts{"return (flags & X) != 0u;\n"});
  // A guard of the model's own arrays.
  EXPECT_EQ(mutated("if (folio < 0) return 1;\n", MutantOperator::swap_comparison), Texts{});
}

TEST(MutantOperators, NegateCheck) {
  EXPECT_EQ(mutated("if (a) b();\n", MutantOperator::negate_check), Texts{"if (!(a)) b();\n"});
  EXPECT_EQ(mutated("if constexpr (D::narrated) b();\n", MutantOperator::negate_check), Texts{});
  EXPECT_EQ(mutated("if (m.era.unified) b();\nif (m.since(&Era::x, Known::V01)) c();\n", MutantOperator::negate_check), Texts{});
}

TEST(MutantOperators, DropCheck) {
  EXPECT_EQ(mutated("if (a) {\n  b();\n  return 1;\n}\nc();\n", MutantOperator::drop_check), Texts{"c();\n"});
  EXPECT_EQ(mutated("for (;;) if (a) continue;\n", MutantOperator::drop_check), Texts{"for (;;) {}\n"});
  EXPECT_EQ(mutated("if (const int err = g(m)) return err;\n", MutantOperator::drop_check), Texts{"(void)(g(m));\n"});
  EXPECT_EQ(mutated("if (a) return 1;\nelse b();\n", MutantOperator::drop_check), Texts{});
}

TEST(MutantOperators, DropOperand) {
  EXPECT_EQ(mutated("return a && (b || c);\n", MutantOperator::drop_operand),
            (Texts{"return a;\n", "return (b || c);\n", "return a && (b);\n", "return a && (c);\n"}));
  EXPECT_EQ(mutated("return a && b && c;\n", MutantOperator::drop_operand), (Texts{"return a && c;\n", "return b && c;\n", "return a && b;\n"}));
}

TEST(MutantOperators, DropLockAndUnlock) {
  const std::string body = "if (h) m.lock_vma(fn, v);\nm.unlock_ptl(fn);\nreturn 0;\n";
  EXPECT_EQ(mutated(body, MutantOperator::drop_lock), Texts{"if (h) {}\nm.unlock_ptl(fn);\nreturn 0;\n"});
  EXPECT_EQ(mutated(body, MutantOperator::drop_unlock), Texts{"if (h) m.lock_vma(fn, v);\nreturn 0;\n"});
  EXPECT_EQ(mutated(body, MutantOperator::drop_call), Texts{});
}

TEST(MutantOperators, Exchange) {
  EXPECT_EQ(mutated("m.store(a);\nif (!m.allocate()) return 1;\n", MutantOperator::exchange), Texts{"if (!m.allocate()) return 1;\nm.store(a);\n"});
  // The second needs the first; the second is the narrative.
  EXPECT_EQ(mutated("const auto e = m.read(a);\nm.store(e);\nm.note(b);\n", MutantOperator::exchange), Texts{});
}

TEST(MutantOperators, OffByOne) {
  EXPECT_EQ(mutated("return (1u << g.order()) - 1;\n", MutantOperator::off_by_one),
            (Texts{"return (1u << (g.order() - 1)) - 1;\n", "return (1u << g.order());\n"}));
}

TEST(MutantOperators, SwapFlagAndDropBit) {
  EXPECT_EQ(mutated("return flags & (FOLL_GET | FOLL_PIN);\n", MutantOperator::swap_flag),
            (Texts{"return flags & (FOLL_PIN | FOLL_PIN);\n", "return flags & (FOLL_GET | FOLL_GET);\n"}));
  EXPECT_EQ(mutated("return flags & (FOLL_GET | s::PIN);\n", MutantOperator::drop_bit),
            (Texts{"return flags & (FOLL_GET);\n", "return flags & (s::PIN);\n"}));
}

TEST(MutantOperators, DropCall) {
  EXPECT_EQ(mutated("touch(m);\nint a = g(m);\na += 1;\nm.note(a);\nreturn a;\n", MutantOperator::drop_call),
            (Texts{"int a = g(m);\na += 1;\nm.note(a);\nreturn a;\n", "touch(m);\nint a = g(m);\nm.note(a);\nreturn a;\n"}));
}

TEST(GeneratedMutants, AreTheSameTwiceAndAtLeast200) {
  const std::vector<Mutant> once = generated_mutants(kRoot), again = generated_mutants(kRoot);
  ASSERT_EQ(once.size(), again.size());
  EXPECT_GE(once.size(), 200u);
  std::set<std::string> names;
  std::set<MutantKind> kinds;
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].name, again[i].name);
    EXPECT_EQ(once[i].diff, again[i].diff);
    EXPECT_TRUE(names.insert(once[i].name).second) << once[i].name;
    EXPECT_EQ(once[i].kind, MutantKind::generated);
    EXPECT_TRUE(once[i].walk == once[i].pair.a || once[i].walk == once[i].pair.b) << once[i].name;
  }
  for (int o = 0; o < kMutantOperators; ++o) {
    const std::string part = "-" + std::string(mutant_operator_name(static_cast<MutantOperator>(o))) + "-";
    EXPECT_TRUE(std::any_of(names.begin(), names.end(), [&](const std::string& n) { return n.find(part) != std::string::npos; })) << part;
  }
}

/// The hunk's own old lines are in the source where it says, and its new ones differ.
TEST(GeneratedMutants, EveryDiffApplies) {
  std::map<std::string, std::vector<std::string>> sources;
  for (const Mutant& m : generated_mutants(kRoot)) {
    ASSERT_EQ(m.touched.size(), 1u);
    std::vector<std::string>& lines = sources[m.touched[0]];
    if (lines.empty()) {
      std::ifstream in(kRoot / m.touched[0]);
      for (std::string line; std::getline(in, line);) lines.push_back(line);
    }
    std::size_t first = 0, old_lines = 0, new_lines = 0, from = 0;
    const auto hunk = m.diff.find("@@ -");
    ASSERT_EQ(std::sscanf(m.diff.c_str() + hunk, "@@ -%zu,%zu +%zu,%zu @@", &first, &old_lines, &from, &new_lines), 4) << m.diff;
    EXPECT_EQ(first, from);
    std::size_t at = m.diff.find('\n', hunk) + 1, old_seen = 0, new_seen = 0, changed = 0;
    while (at < m.diff.size()) {
      const auto end = m.diff.find('\n', at);
      const std::string line = m.diff.substr(at + 1, end - at - 1);
      const char mark = m.diff[at];
      at = end + 1;
      if (mark != '+') {
        ASSERT_LT(first - 1 + old_seen, lines.size()) << m.name;
        EXPECT_EQ(lines[first - 1 + old_seen], line) << m.name;
        ++old_seen;
      }
      new_seen += mark != '-';
      changed += mark != ' ';
    }
    EXPECT_EQ(old_seen, old_lines) << m.name;
    EXPECT_EQ(new_seen, new_lines) << m.name;
    EXPECT_GT(changed, 0u) << m.name;
  }
}

TEST(GeneratedMutants, NamesOutliveEditsElsewhere) {
  const MutatedFile file = mutated_files().front();
  std::ifstream in(kRoot / file.path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::string longer = text;
  longer.insert(longer.find("/// follow_huge_pud()"), "/// New.\ntemplate <class M>\nbool is_new(M& m) {\n  if (m.w.vmas[0].pgoff == 3u) return true;\n  return false;\n}\n\n");
  std::set<std::string> before, after;
  const CxxSource a = scan_cxx(std::string(file.path), text), b = scan_cxx(std::string(file.path), longer);
  for (const NamedSite& n : named_sites(file, a)) before.insert(n.name);
  for (const NamedSite& n : named_sites(file, b)) after.insert(n.name);
  EXPECT_GT(after.size(), before.size());
  EXPECT_TRUE(std::includes(after.begin(), after.end(), before.begin(), before.end()));
}

/// A new file of the models is either changed by mutants or said not to be.
TEST(GeneratedMutants, EveryModelFileIsSpokenOf) {
  std::set<std::string> spoken;
  for (const MutatedFile& f : mutated_files()) spoken.emplace(f.path);
  for (const std::string_view f : unmutated_files()) spoken.emplace(f);
  for (const std::string& f : spoken) EXPECT_TRUE(fs::exists(kRoot / f)) << f;
  for (const char* folder : {"model/kernel", "legacy", "unified"})
    for (const fs::directory_entry& e : fs::directory_iterator(kRoot / folder)) {
      if (e.path().extension() != ".hpp") continue;
      EXPECT_TRUE(spoken.count(std::string(folder) + "/" + e.path().filename().string())) << e.path();
    }
}

TEST(GeneratedMutants, TheSampleIsSpread) {
  const std::vector<Mutant> sample = sample_of(marked_mutants(kRoot));
  ASSERT_EQ(sample.size(), 40u);
  std::set<std::string> files, names;
  for (const Mutant& m : sample) {
    files.insert(m.touched.at(0));
    names.insert(m.name);
    EXPECT_TRUE(m.apart().empty()) << m.name;
  }
  EXPECT_EQ(names.size(), 40u);
  EXPECT_GE(files.size(), 25u);
}

TEST(EquivalentMarks, AreOfMutantsThatAreGenerated) {
  std::vector<Mutant> mutants = generated_mutants(kRoot);
  const fs::path file = kRoot / "tests/mutants/equivalent.toml";
  EXPECT_NO_THROW(mark_equivalent(mutants, load_equivalent(file), file));
  EXPECT_THROW(mark_equivalent(mutants, {{"G-none-drop-check-0000", "no", {"*"}, 7}}, file), InputError);
}

}  // namespace
}  // namespace gupdiff
