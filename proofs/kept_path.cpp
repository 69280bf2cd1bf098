// SPDX-License-Identifier: GPL-2.0-only
// Writes a path down: one line a variable, one a term that several others share, one a literal.
#include "proofs/kept_path.hpp"

#include <fmt/format.h>

#include <map>

#include "proofs/concretise.hpp"
#include "proofs/counterexample.hpp"
#include "scenario/text.hpp"

namespace gupdiff {
namespace {

constexpr std::string_view kOpNames[] = {"", "", "and", "or", "xor", "add", "sub", "shl", "lshr", "ite", "", "", "eq", "ult", "all", "not"};

/// Terms by name; each is written once, after what it is made of.
class Writer {
 public:
  Writer(const TermArena& arena, std::string& out) : arena_(arena), out_(out) {}

  std::string name(const Term* t) {
    if (t->op == Op::constant) return fmt::format("{:#x}", t->value);
    if (t->op == Op::truth) return t->value != 0 ? "true" : "false";
    if (t->op == Op::word_var || t->op == Op::bool_var) return arena_.variables()[t->value].name;
    if (const auto it = names_.find(t); it != names_.end()) return it->second;
    std::string line(kOpNames[static_cast<int>(t->op)]);
    for (const Term* part : {t->condition(), t->a, t->b})
      if (part) line += " " + name(part);
    if (t->op == Op::shl || t->op == Op::lshr) line += fmt::format(" {}", t->value);
    const std::string own = fmt::format("t{}", names_.size());
    names_[t] = own;
    out_ += fmt::format("#   {} = {}\n", own, line);
    return own;
  }

 private:
  const TermArena& arena_;
  std::string& out_;
  std::map<const Term*, std::string> names_;
};

}  // namespace

std::string kept_path(const std::string& message, const Setting& setting, const Assignment& assignment,
                      std::span<const Term* const> path, TermArena& arena) {
  Evaluator at(arena);
  at.set(assignment);
  ScenarioFile file;
  concretise(setting.world, at, file.world);
  tidy(file.world);
  file.title = "A path on which the prover contradicted itself";
  file.note = message;
  std::string text = to_text(file) + "\n# The assignment, as this scenario may not hold all of it:\n";
  for (std::size_t v = 0; v < arena.variables().size(); ++v)
    text += fmt::format("#   {} = {:#x}\n", arena.variables()[v].name, v < assignment.size() ? assignment[v] : 0);
  text += "# The path. Terms, and the literals in the order in which they were decided:\n";
  Writer writer(arena, text);
  for (const Term* literal : path) {
    const std::string name = writer.name(literal);
    text += fmt::format("#   decided: {}\n", name);
  }
  return text;
}

}  // namespace gupdiff
