// SPDX-License-Identifier: GPL-2.0-only
#include "mutants/operators.hpp"

#include <utility>

#include <fmt/format.h>

namespace gupdiff {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr Pair kComparisons[] = {{"==", "!="}, {"!=", "=="}, {"<", "<="}, {"<=", "<"}, {">", ">="}, {">=", ">"}};

/// Neighbours, either for the other: what a tired hand would write.
constexpr Pair kNeighbours[] = {
    {"FOLL_GET", "FOLL_PIN"},           {"FOLL_WRITE", "FOLL_FORCE"},        {"FOLL_TOUCH", "FOLL_DUMP"},
    {"FOLL_LONGTERM", "FOLL_PIN"},      {"FOLL_UNLOCKABLE", "FOLL_NOWAIT"},  {"FOLL_REMOTE", "FOLL_NOFAULT"},
    {"FAULT_FLAG_WRITE", "FAULT_FLAG_UNSHARE"}, {"FAULT_FLAG_ALLOW_RETRY", "FAULT_FLAG_RETRY_NOWAIT"},
    {"VM_SHARED", "VM_MAYSHARE"},       {"VM_WRITE", "VM_MAYWRITE"},         {"VM_READ", "VM_MAYREAD"},
    {"VM_UFFD_WP", "VM_UFFD_MISSING"},  {"VM_FAULT_OOM", "VM_FAULT_SIGBUS"}, {"VM_FAULT_RETRY", "VM_FAULT_MAJOR"},
    {"E_FAULT", "E_NOMEM"},             {"E_EXIST", "E_INVAL"},              {"E_BUSY", "E_AGAIN"},
    {"pte_present", "pmd_present"},     {"pud_present", "pmd_present"},      {"pmd_leaf", "pmd_trans_huge"},
    {"mkyoung", "mkdirty"},             {"dirty", "young"},                  {"refcount", "mapcount"},
    {"zero_page", "huge_zero"},         {"pmd_lockptr", "pte_lockptr"},      {"soft_dirty", "uffd_wp"},
};

bool is_constant(std::string_view s) {
  bool letter = false;
  for (const char c : s) {
    if (c >= 'a' && c <= 'z') return false;
    letter = letter || (c >= 'A' && c <= 'Z');
  }
  return letter && s.size() > 1;
}

/// Collects the sites of one function.
class Sites {
 public:
  Sites(const CxxSource& s, const Function& f) : s_(s), f_(f) {}

  std::vector<MutationSite> run() {
    statements(f_.body);
    return std::move(out_);
  }

 private:
  // --- what is left out ---
  bool calls(std::size_t first, std::size_t last, std::string_view name) const {
    for (std::size_t t = first; t < last; ++t)
      if (s_.is(t, name) && s_.is(t + 1, "(")) return true;
    return false;
  }
  bool mentions(std::size_t first, std::size_t last, std::string_view name) const {
    for (std::size_t t = first; t <= last; ++t)
      if (s_.is(t, name)) return true;
    return false;
  }
  /// Which kernel runs, or what the catalogue's rows say.
  bool asks_kernel(std::size_t first, std::size_t last) const {
    for (std::size_t t = first; t <= last; ++t)
      if (s_.is(t, "era") && s_.is(t + 1, ".")) return true;
    return calls(first, last, "applies") || calls(first, last, "known_hugepd") || mentions(first, last, "since");
  }
  /// A guard of the model itself, which no kernel has: of its arrays and pointers (`folio < 0`,
  /// `!size`), that a table is where its entry says, and that a halted machine stops.
  bool guards(std::size_t first, std::size_t last) const {
    if (calls(first, last, "enter_table") || calls(first, last, "halted")) return true;
    for (std::size_t t = first; t <= last; ++t) {
      if ((s_.is(t, "<") || s_.is(t, ">=")) && s_.spaced(t) && s_.is(t + 1, "0")) return true;
      if (s_.is(t, "size") && (s_.is(t - 1, "!") || s_.is(t + 1, "&&"))) return true;
    }
    return false;
  }
  /// Only the narrative, the records of the catalogue and of safety, and names: nothing a kernel does. Or where the
  /// model itself ends, having met a page or table that is not there.
  bool silent(const Statement& x) const {
    if (x.kind != Statement::Kind::simple) return false;
    return s_.is(x.first, "using") || s_.is(x.first, "constexpr") || s_.is(x.first, "static_assert") ||
           calls(x.first, x.last, "note") || calls(x.first, x.last, "switched") || calls(x.first, x.last, "spoke") ||
           mentions(x.first, x.last, "maybe_unused") || mentions(x.first, x.last, "known_applied") ||
           mentions(x.first, x.last, "pgmap_held") || mentions(x.first, x.last, "lock_order_broken") ||
           mentions(x.first, x.last, "oops") || mentions(x.first, x.last, "out_of_bounds");
  }

  // --- building blocks ---
  void add(MutantOperator op, std::size_t token, std::string title, std::vector<TextEdit> edits) {
    out_.push_back({op, &f_, token, std::move(title), std::move(edits)});
  }
  std::size_t begin(std::size_t t) const { return s_.tokens[t].begin; }
  std::size_t end(std::size_t t) const { return s_.tokens[t].end; }
  /// Removes statement first..last; a whole line of its own goes with its line break.
  TextEdit removal(std::size_t first, std::size_t last) const {
    std::size_t b = begin(first), e = end(last);
    // What an `if` holds without braces leaves an empty body: the next statement must not move in.
    if (s_.is(first - 1, ")") || s_.is(first - 1, "else")) return {b, e, "{}"};
    std::size_t line = b;
    while (line > 0 && s_.text[line - 1] == ' ') --line;
    std::size_t rest = e;
    while (rest < s_.text.size() && s_.text[rest] == ' ') ++rest;
    if (s_.text.compare(rest, 2, "//") == 0)
      while (rest < s_.text.size() && s_.text[rest] != '\n') ++rest;
    if ((line == 0 || s_.text[line - 1] == '\n') && rest < s_.text.size() && s_.text[rest] == '\n') return {line, rest + 1, ""};
    return {b, e, ""};
  }
  std::string quoted(std::size_t first, std::size_t last) const {
    std::string line;
    for (const char c : s_.between(first, last))
      if (c == '\n') line += ' ';
      else if (c != ' ' || line.empty() || line.back() != ' ') line += c;
    if (line.size() > 70) line = line.substr(0, 67) + "...";
    return line;
  }

  // --- statements ---
  void statements(const std::vector<Statement>& list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      statement(list[i]);
      if (i + 1 < list.size()) exchange(list[i], list[i + 1]);
    }
  }
  void statement(const Statement& x) {
    if (silent(x) || x.is_constexpr) return;
    switch (x.kind) {
      case Statement::Kind::simple:
        expression(x.first, x.last);
        simple(x);
        return;
      case Statement::Kind::branch:
        if (asks_kernel(x.open, x.close)) {
          statements(x.otherwise);
          return;
        }
        if (!guards(x.open, x.close)) {
          expression(x.open + 1, x.close - 1);
          check(x);
        }
        break;
      case Statement::Kind::loop:
        expression(x.open + 1, x.close - 1);
        break;
      case Statement::Kind::block: break;
    }
    statements(x.body);
    statements(x.otherwise);
  }

  static bool is_jump(const CxxSource& s, const Statement& x) {
    return x.kind == Statement::Kind::simple && (s.is(x.first, "return") || s.is(x.first, "continue") || s.is(x.first, "break"));
  }
  bool declares(const Statement& x) const {
    // `if (const int err = f())`, `if (init; c)`
    return s_.is(x.open + 1, "const") || mentions(x.open, x.close, ";");
  }
  /// The lock calls, whose own operators drop them.
  std::string_view lock_call(const Statement& x) const {
    for (const std::string_view name : {"lock_ptl", "lock_vma", "unlock_ptl", "unlock_vma", "lock_mmap"})
      if (calls(x.first, x.last, name)) return name;
    return {};
  }
  void drop_lock(const Statement& x) {
    const std::string_view call = lock_call(x);
    add(call.substr(0, 2) == "un" ? MutantOperator::drop_unlock : MutantOperator::drop_lock, x.first,
        fmt::format("{} does not call {}()", f_.name, call), {removal(x.first, x.last)});
  }

  void check(const Statement& x) {
    const bool single = x.body.size() == 1 && x.otherwise.empty();
    if (single && x.body.front().kind == Statement::Kind::simple && !lock_call(x.body.front()).empty() && !is_jump(s_, x.body.front())) return;
    const bool leaves = x.otherwise.empty() && !x.body.empty() && is_jump(s_, x.body.back());
    if (declares(x)) {
      if (!leaves || !s_.is(x.open + 1, "const")) return;
      std::size_t value = x.open;
      while (value < x.close && !s_.is(value, "=")) ++value;
      if (value == x.close) return;
      add(MutantOperator::drop_check, x.first, fmt::format("{} ignores the error of {}", f_.name, quoted(value + 1, x.close - 1)),
          {{begin(x.first), end(x.last), fmt::format("(void)({});", s_.between(value + 1, x.close - 1))}});
      return;
    }
    const std::string condition = quoted(x.open + 1, x.close - 1);
    if (leaves)
      add(MutantOperator::drop_check, x.first, fmt::format("{} does not test {}", f_.name, condition), {removal(x.first, x.last)});
    add(MutantOperator::negate_check, x.first, fmt::format("{} tests the opposite of {}", f_.name, condition),
        {{end(x.open), end(x.open), "!("}, {begin(x.close), begin(x.close), ")"}});
  }

  void simple(const Statement& x) {
    if (!lock_call(x).empty() && !is_jump(s_, x)) {
      drop_lock(x);
      return;
    }
    if (is_jump(s_, x) || s_.is(x.first, "const") || s_.is(x.first, "auto")) return;
    // A declaration has two words in a row, or a template's bracket: what it declares is needed.
    std::size_t t = x.first;
    bool call = false, assigns = false;
    for (; t < x.last; ++t) {
      const bool word = s_.tokens[t].kind == Token::Kind::word;
      if (word && s_.tokens[t + 1].kind == Token::Kind::word) return;
      if (s_.is(t, ">") || s_.is(t, "&")) return;
      if (s_.is(t, "(")) {
        call = true;
        t = s_.partner[t];
      }
      if (s_.is(t, "[")) t = s_.partner[t];
      if (s_.is(t, "=") || s_.is(t, "+=") || s_.is(t, "-=")) {
        assigns = true;
        break;
      }
    }
    if (s_.is(x.first, "++") || s_.is(x.first, "--")) assigns = true;
    if (!call && !assigns) return;
    add(MutantOperator::drop_call, x.first, fmt::format("{} does not do {}", f_.name, quoted(x.first, x.last - 1)),
        {removal(x.first, x.last)});
  }

  /// Both do something, and the second names nothing that the first declares.
  void exchange(const Statement& a, const Statement& b) {
    if (silent(a) || silent(b) || !acts(a) || !acts(b)) return;
    const std::string_view declared = declared_name(a);
    if (!declared.empty() && mentions(b.first, b.last, declared)) return;
    // Behind a `return` nothing runs: only where the first is a check or a call.
    if (a.kind == Statement::Kind::simple && is_jump(s_, a)) return;
    if (b.kind == Statement::Kind::simple && is_jump(s_, b)) return;
    const std::string first(s_.between(a.first, a.last)), second(s_.between(b.first, b.last));
    add(MutantOperator::exchange, b.first,
        fmt::format("{} does {} before {}", f_.name, quoted(b.first, b.last), quoted(a.first, a.last)),
        {{begin(a.first), end(a.last), second}, {begin(b.first), end(b.last), first}});
  }
  bool acts(const Statement& x) const {
    if (x.is_constexpr) return false;
    if (x.kind == Statement::Kind::branch && (asks_kernel(x.open, x.close) || guards(x.open, x.close))) return false;
    if (x.kind == Statement::Kind::branch) return x.otherwise.empty() && !x.body.empty() && is_jump(s_, x.body.back());
    if (x.kind != Statement::Kind::simple || is_jump(s_, x)) return false;
    // A call on the machine, or of a service that is given it.
    for (std::size_t t = x.first; t < x.last; ++t) {
      if (s_.is(t, "m") && s_.is(t + 1, ".") && s_.is(t + 3, "(") && !asks_only(s_.at(t + 2)))
        return true;
      if (s_.is(t, "(") && s_.is(t + 1, "m") && (s_.is(t + 2, ",") || s_.is(t + 2, ")"))) return true;
    }
    return false;
  }
  /// Members of the machine that change nothing another step could notice.
  static bool asks_only(std::string_view member) {
    for (const std::string_view name : {"page_in", "find_folio", "folio", "peek", "key", "hugetlb_size", "file_index", "find_cached",
                                        "pmd_pages", "pmd_order", "leaf_mask", "top", "warn"})
      if (member == name) return true;
    return false;
  }
  /// What a declaration declares: the word before its `=`.
  std::string_view declared_name(const Statement& x) const {
    if (x.kind != Statement::Kind::simple) return {};
    for (std::size_t t = x.first; t < x.last; ++t) {
      if (s_.is(t, "(")) return {};
      if (s_.is(t, "=")) return s_.at(t - 1);
    }
    return {};
  }

  // --- tokens of an expression ---
  void expression(std::size_t first, std::size_t last) {
    if (s_.is(first, "const") && s_.is(first + 1, "char")) return;
    for (std::size_t t = first; t <= last; ++t) {
      if (s_.tokens[t].kind == Token::Kind::sign) {
        comparison(t);
        operand(t, first, last);
        one_off(t);
        bit(t);
      } else if (s_.tokens[t].kind == Token::Kind::word) {
        neighbour(t);
      }
    }
  }
  void comparison(std::size_t t) {
    if (!s_.spaced(t)) return;
    for (const auto& [from, to] : kComparisons)
      if (s_.is(t, from))
        add(MutantOperator::swap_comparison, t, fmt::format("{} compares by {} instead of {}", f_.name, to, from),
            {{begin(t), end(t), std::string(to)}});
  }
  void neighbour(std::size_t t) {
    for (const auto& [a, b] : kNeighbours) {
      const std::string_view other = s_.is(t, a) ? b : s_.is(t, b) ? a : std::string_view{};
      if (other.empty()) continue;
      // A predicate or a field of something: not a variable that has its name.
      const bool upper = is_constant(a);
      if (!upper && !s_.is(t - 1, ".") && !s_.is(t - 1, "::")) continue;
      add(MutantOperator::swap_flag, t, fmt::format("{} takes {} for {}", f_.name, other, s_.at(t)),
          {{begin(t), end(t), std::string(other)}});
      return;
    }
  }
  void one_off(std::size_t t) {
    if (!s_.spaced(t)) return;
    const std::string_view sign = s_.at(t), next = s_.at(t + 1);
    const bool literal = s_.tokens[t + 1].kind == Token::Kind::number;
    if ((sign == "-" || sign == "+") && (next == "1" || next == "1u"))
      add(MutantOperator::off_by_one, t, fmt::format("{} leaves out {} {}", f_.name, sign, next), {{begin(t) - 1, end(t + 1), ""}});
    if (sign != "<<" && sign != ">>") return;
    std::size_t last = t + 1;
    if (s_.is(last, "(")) last = s_.partner[last];
    while (s_.is(last + 1, ".") || s_.is(last + 1, "::") || s_.is(last + 1, "(")) last = s_.is(last + 1, "(") ? s_.partner[last + 1] : last + 2;
    if (literal && next == "0") return;
    add(MutantOperator::off_by_one, t, fmt::format("{} shifts by one less than {}", f_.name, quoted(t + 1, last)),
        {{begin(t + 1), begin(t + 1), "("}, {end(last), end(last), " - 1)"}});
  }
  void bit(std::size_t t) {
    if (!s_.is(t, "|") || !s_.spaced(t)) return;
    // One constant, its namespace before it, on the right; or the first of all on the left.
    std::size_t last = t + 1;
    while (s_.is(last + 1, "::")) last += 2;
    if (s_.tokens[last].kind == Token::Kind::word && is_constant(s_.at(last)) && !s_.is(last + 1, "("))
      add(MutantOperator::drop_bit, t, fmt::format("{} leaves out {}", f_.name, s_.at(last)), {{begin(t) - 1, end(last), ""}});
    std::size_t first = t - 1;
    if (s_.tokens[first].kind != Token::Kind::word || !is_constant(s_.at(first))) return;
    while (s_.is(first - 1, "::")) first -= 2;
    if (s_.is(first - 1, "|")) return;
    add(MutantOperator::drop_bit, first, fmt::format("{} leaves out {}", f_.name, s_.at(t - 1)), {{begin(first), end(t) + 1, ""}});
  }

  static bool ends_operand(std::string_view s) {
    for (const std::string_view e : {"||", ",", ";", "?", ":", "=", "return", "{", "}"})
      if (s == e) return true;
    return false;
  }
  /// The operands of && or || at `t`, inside tokens first..last.
  void operand(std::size_t t, std::size_t first, std::size_t last) {
    const bool is_and = s_.is(t, "&&");
    if ((!is_and && !s_.is(t, "||")) || !s_.spaced(t)) return;
    std::size_t right = t + 1;
    for (; right <= last && !s_.is(right, ")") && !s_.is(right, "]"); ++right) {
      if (s_.is(right, "(") || s_.is(right, "[") || s_.is(right, "{")) {
        right = s_.partner[right];
        continue;
      }
      if (ends_operand(s_.at(right)) || (is_and && s_.is(right, "&&"))) break;
    }
    std::size_t left = t - 1;
    bool chained = false;
    for (; left + 1 > first; --left) {
      if (s_.is(left, ")") || s_.is(left, "]") || s_.is(left, "}")) {
        left = s_.partner[left];
      } else if (s_.is(left, "(") || s_.is(left, "[") || ends_operand(s_.at(left)) || (is_and && s_.is(left, "&&"))) {
        chained = s_.is(left, "&&") || s_.is(left, "||");
        break;
      }
      if (left == 0) break;
    }
    if (!asks_kernel(t + 1, right - 1))
      add(MutantOperator::drop_operand, t, fmt::format("{} leaves out {} {}", f_.name, s_.at(t), quoted(t + 1, right - 1)),
          {{end(t - 1), end(right - 1), ""}});
    if (!chained && !asks_kernel(left + 1, t - 1))
      add(MutantOperator::drop_operand, left + 1, fmt::format("{} leaves out {} {}", f_.name, quoted(left + 1, t - 1), s_.at(t)),
          {{begin(left + 1), begin(t + 1), ""}});
  }

  const CxxSource& s_;
  const Function& f_;
  std::vector<MutationSite> out_;
};

}  // namespace

std::string_view mutant_operator_name(MutantOperator o) {
  constexpr std::string_view names[kMutantOperators] = {"swap-comparison", "negate-check", "drop-check", "drop-operand",
                                                        "drop-lock",       "drop-unlock",  "exchange",   "off-by-one",
                                                        "swap-flag",       "drop-bit",     "drop-call"};
  return names[static_cast<int>(o)];
}

std::vector<MutationSite> mutation_sites(const CxxSource& s, const Function& f) { return Sites(s, f).run(); }

std::string edited(std::string_view source, std::span<const TextEdit> edits) {
  std::string out;
  std::size_t at = 0;
  for (const TextEdit& e : edits) {
    out += source.substr(at, e.begin - at);
    out += e.text;
    at = e.end;
  }
  out += source.substr(at);
  return out;
}

}  // namespace gupdiff
