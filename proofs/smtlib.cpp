// SPDX-License-Identifier: GPL-2.0-only
// Printing terms, operands first, shared nodes by name.
#include "proofs/smtlib.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace gupdiff {
namespace {

/// |name|, as SMT-LIB quotes a symbol; the two characters that it may not hold are replaced.
std::string quoted(std::string_view name) {
  std::string out = "|";
  for (const char c : name) out += c == '|' || c == '\\' ? '!' : c;
  return out + "|";
}

std::string hexadecimal(std::uint64_t value) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out = "#x";
  for (int shift = 60; shift >= 0; shift -= 4) out += digits[(value >> shift) & 15u];
  return out;
}

const char* sort_of(bool boolean) { return boolean ? "Bool" : "(_ BitVec 64)"; }

/// Prints the conditions of one query.
class Printer {
 public:
  explicit Printer(const TermArena& arena) : arena_(arena) {}

  std::string print(std::vector<const Term*> conditions) {
    std::sort(conditions.begin(), conditions.end(), [](const Term* x, const Term* y) { return x->hash < y->hash; });
    conditions.erase(std::unique(conditions.begin(), conditions.end()), conditions.end());
    for (const Term* t : conditions) count(t);
    std::string assertions;
    for (const Term* t : conditions) assertions += "(assert " + text(t) + ")\n";
    std::string out;
    for (const auto& [number, use] : declared_) {
      const Variable& v = arena_.variables()[number];
      out += "(declare-fun " + quoted(v.name) + " () " + sort_of(v.boolean) + ")\n";
    }
    return out + definitions_ + assertions;
  }

 private:
  static bool atom(const Term* t) { return t->constant() || t->op == Op::word_var || t->op == Op::bool_var; }

  void count(const Term* t) {
    if (atom(t)) {
      if (!t->constant()) declared_[t->value] = true;
      return;
    }
    if (++uses_[t] > 1) return;
    for (const Term* operand : {t->condition(), t->a, t->b})
      if (operand) count(operand);
  }

  /// `t` as an operand: its name if it has one, defined on first use.
  std::string text(const Term* t) {
    if (atom(t)) return expression(t);
    if (uses_[t] < 2) return expression(t);
    std::string& name = names_[t];
    if (name.empty()) {
      const std::string body = expression(t);  // may define others first
      names_[t] = "?" + std::to_string(++defined_);
      definitions_ += "(define-fun " + names_[t] + " () " + sort_of(t->boolean()) + " " + body + ")\n";
    }
    return names_[t];
  }

  std::string of(const char* op, std::initializer_list<const Term*> operands) {
    std::string out = std::string("(") + op;
    for (const Term* t : operands) out += " " + text(t);
    return out + ")";
  }

  std::string expression(const Term* t) {
    switch (t->op) {
      case Op::constant: return hexadecimal(t->value);
      case Op::truth: return t->value ? "true" : "false";
      case Op::word_var:
      case Op::bool_var: return quoted(arena_.variables()[t->value].name);
      case Op::band: return of("bvand", {t->a, t->b});
      case Op::bor: return of("bvor", {t->a, t->b});
      case Op::bxor: return of("bvxor", {t->a, t->b});
      case Op::add: return of("bvadd", {t->a, t->b});
      case Op::sub: return of("bvsub", {t->a, t->b});
      case Op::shl: return "(bvshl " + text(t->a) + " " + hexadecimal(t->value) + ")";
      case Op::lshr: return "(bvlshr " + text(t->a) + " " + hexadecimal(t->value) + ")";
      case Op::ite: return of("ite", {t->cond, t->a, t->b});
      case Op::eq: return of("=", {t->a, t->b});
      case Op::ult: return of("bvult", {t->a, t->b});
      case Op::conj: return of("and", {t->a, t->b});
      case Op::neg: return of("not", {t->a});
    }
    return "false";
  }

  const TermArena& arena_;
  std::map<std::uint64_t, bool> declared_;  // by variable number
  std::map<const Term*, unsigned> uses_;
  std::map<const Term*, std::string> names_;
  std::string definitions_;
  unsigned defined_ = 0;
};

/// One line of a comment: a line break would end it.
std::string line(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

}  // namespace

std::string smt_assertions(const TermArena& arena, std::span<const Term* const> conditions) {
  return Printer(arena).print({conditions.begin(), conditions.end()});
}

std::string smt_script(const SmtHeader& h, std::string_view assertions) {
  std::string out = "; theorem: " + line(h.theorem) + "\n";
  if (!h.cell.empty()) out += "; cell: " + line(h.cell) + "\n";
  out += "; asked: " + line(h.asked) + "\n";
  out += "(set-info :smt-lib-version 2.6)\n";
  out += "(set-info :status " + std::string(h.expected == Answer::sat ? "sat" : h.expected == Answer::unsat ? "unsat" : "unknown") + ")\n";
  out += "(set-logic QF_BV)\n";
  out += assertions;
  return out + "(check-sat)\n(exit)\n";
}

}  // namespace gupdiff
