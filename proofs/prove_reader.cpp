// SPDX-License-Identifier: GPL-2.0-only
// The prover's loop for reader statements: few variables, few paths, one thread.
#include "proofs/prove_reader.hpp"

#include <algorithm>
#include <cstdio>

#include "proofs/symbolic.hpp"

namespace gupdiff {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kLevelNames[] = {"pte", "pmd", "pud", "p4d", "pgd"};

ReaderInput<Symbolic> symbolic_input(const ReaderStatement& s, const Config& config, TermArena& arena) {
  const auto word = [&](const std::string& name) { return SymbolicWord(arena.word_variable(name)); };
  ReaderInput<Symbolic> in;
  in.config = config;
  in.size = geometry_of(config).hugetlb_size(s.order);
  for (int l = kLevels - 1; l >= 0; --l) in.entry[l] = word(kLevelNames[l]);
  if (in.size->entries() > 1) in.first = word("first");
  if (s.claim == ReaderClaim::hugepd) {
    in.hugepte = word("hugepte");
    in.folio = word("folio") & std::uint64_t{FOLIO_ANON | FOLIO_EXCLUSIVE | FOLIO_UNPINNABLE | FILE_CACHED};
  }
  in.offset = word("offset") & reader_offsets(s.claim, config, *in.size);
  in.vm_flags = word("vm_flags") & reader_vm_flags(s.claim);
  in.foll_flags = word("foll_flags") & reader_foll_flags(s.claim);
  return in;
}

ReaderInput<Concrete> evaluated(const ReaderInput<Symbolic>& in, TermArena& arena, Evaluator& at) {
  const auto value = [&](const SymbolicWord& w) { return at.value(w.in(arena)); };
  ReaderInput<Concrete> out;
  out.config = in.config;
  out.size = in.size;
  for (int l = 0; l < kLevels; ++l) out.entry[l] = value(in.entry[l]);
  out.first = value(in.first);
  out.hugepte = value(in.hugepte);
  out.folio = value(in.folio);
  out.offset = value(in.offset);
  out.vm_flags = value(in.vm_flags);
  out.foll_flags = value(in.foll_flags);
  return out;
}

/// The input in words: what is not zero, entries from the top.
std::string text(const ReaderInput<Concrete>& in) {
  std::string out;
  const auto add = [&](const char* name, std::uint64_t value) {
    if (value == 0) return;
    char number[64];
    std::snprintf(number, sizeof number, "%s %#llx", name, static_cast<unsigned long long>(value));
    out += (out.empty() ? "" : ", ") + std::string(number);
  };
  for (int l = static_cast<int>(geometry_of(in.config).top); l >= 0; --l) add(kLevelNames[l], in.entry[l]);
  add("first of the set", in.first);
  add("hugepte", in.hugepte);
  add("flags", in.foll_flags);
  add("VMA flags", in.vm_flags);
  if (in.hugepte != 0) add("offset", in.offset);
  constexpr struct { std::uint64_t bit; const char* name; } kWords[] = {
      {FOLIO_ANON, "anonymous"}, {FOLIO_EXCLUSIVE, "exclusive"}, {FOLIO_UNPINNABLE, "unpinnable"}, {FILE_CACHED, "in the page cache"}};
  for (const auto& w : kWords)
    if (in.folio & w.bit) out += (out.empty() ? "" : ", ") + std::string(w.name);
  return out.empty() ? "no entry at all" : out;
}

/// Clears what `fails` does not need, whole words first.
template <class Fails>
void shrink(ReaderInput<Concrete>& in, const Fails& fails) {
  std::vector<std::uint64_t*> words;
  for (std::uint64_t& e : in.entry) words.push_back(&e);
  for (std::uint64_t* w : {&in.first, &in.hugepte, &in.folio, &in.offset, &in.vm_flags, &in.foll_flags}) words.push_back(w);
  for (std::uint64_t* w : words) {
    const auto attempt = [&](std::uint64_t value) {
      const std::uint64_t old = std::exchange(*w, value);
      if (!fails(in)) *w = old;
    };
    if (*w != 0) attempt(0);
    for (std::uint64_t rest = *w; rest != 0; rest &= rest - 1) attempt(*w & ~(rest & (0 - rest)));
  }
}

class Run {
 public:
  Run(const ReaderStatement& s, const Config& config, Budget budget, const SecondOpinionOptions& second, TheoremResult& result)
      : s_(s), frontier_(budget), explorer_(arena_), second_(arena_, second, s.name, {}),
        in_(symbolic_input(s, config, arena_)), r_(result) {
    if (second.wanted()) explorer_.second = &second_;
  }

  void run() {
    PendingPath first;
    if (explorer_.satisfy(first.assignment) != Answer::sat) throw ProverError{"no assumption, and yet nothing satisfies them"};
    frontier_.put(std::move(first));
    explorer_.explore(frontier_, [&] { path(); });
    r_.counts.add(explorer_.counts());
    r_.second.add(second_.counts());
    if (r_.shortfall == Shortfall::none) r_.shortfall = frontier_.shortfall();
    if (!spoke_ && r_.verdict == Verdict::proved && r_.shortfall == Shortfall::none) r_.verdict = Verdict::vacuous;
  }

 private:
  void path() {
    const Comparison<Symbolic> c = compare(s_, in_);
    Evaluator& now = explorer_.now();
    const auto holds = [&](const SymbolicCond& b) { return now.holds(b.in(arena_)); };
    const Comparison<Concrete> plain = compare(s_, evaluated(in_, arena_, now));
    bool agrees = plain.about == c.about && plain.apart.size() == c.apart.size() && plain.same == holds(c.same);
    for (std::size_t i = 0; agrees && i < c.apart.size(); ++i) agrees = plain.apart[i].holds == holds(c.apart[i].holds);
    if (!agrees) throw ProverError{s_.name + ": the symbolic and the concrete run differ"};
    ++r_.outcomes[!plain.about ? "no entry is read" : plain.same ? "the readers agree" : "the readers differ"];
    spoke_ = spoke_ || plain.about;

    Assignment found;
    switch (explorer_.refute("they differ exactly where stated", c.holds().in(arena_), found)) {
      case Answer::unsat: break;
      case Answer::sat: refuted(found); break;
      case Answer::timeout: frontier_.note(Shortfall::timeout); break;
      case Answer::out_of_memory: frontier_.note(Shortfall::memory); break;
      case Answer::unknown:
      case Answer::crashed: frontier_.note(Shortfall::unknown); break;
    }
    for (const Apart<Symbolic>& a : c.apart) {
      if (r_.witnesses.count(std::string(a.name)) != 0) continue;
      if (explorer_.refute("never " + std::string(a.name), (!a.holds).in(arena_), found) == Answer::sat)
        witness(std::string(a.name), found);
    }
  }

  ReaderInput<Concrete> input(const Assignment& a) {
    Evaluator at(arena_);
    at.set(a);
    return evaluated(in_, arena_, at);
  }

  void witness(const std::string& part, const Assignment& found) {
    const auto shows = [&](const ReaderInput<Concrete>& in) {
      const Comparison<Concrete> c = compare(s_, in);
      return !c.same && std::any_of(c.apart.begin(), c.apart.end(), [&](const auto& a) { return a.name == part && a.holds; });
    };
    ReaderInput<Concrete> in = input(found);
    if (!shows(in)) return;  // the statement itself is refuted there
    shrink(in, shows);
    r_.witnesses[part] = text(in);
  }

  void refuted(const Assignment& found) {
    const auto fails = [&](const ReaderInput<Concrete>& in) { return !compare(s_, in).holds(); };
    ReaderInput<Concrete> in = input(found);
    if (!fails(in)) throw ProverError{"a counterexample to " + s_.name + " does not fail when it is run"};
    shrink(in, fails);
    r_.verdict = Verdict::refuted;
    r_.refutation = (compare(s_, in).same ? "the readers agree on " : "the readers differ on ") + text(in);
    frontier_.stop(Shortfall::none);
  }

  const ReaderStatement& s_;
  Frontier frontier_;
  TermArena arena_;
  Explorer explorer_;
  SecondOpinion second_;
  ReaderInput<Symbolic> in_;
  TheoremResult& r_;
  bool spoke_ = false;
};

}  // namespace

TheoremResult prove_reader(const ReaderStatement& s, const ProveOptions& options) {
  TheoremResult r;
  r.name = s.name;
  r.summary = s.summary;
  r.verdict = Verdict::proved;
  const auto begun = Clock::now();
  Budget budget;
  budget.deadline = begun + std::chrono::duration_cast<Clock::duration>(
                                std::chrono::duration<double>(std::max(0.0, options.timeout_seconds)));
  budget.max_paths = options.max_paths;
  try {
    for (const Config& config : s.configs) {
      Run(s, config, budget, options.second, r).run();
      if (r.verdict != Verdict::proved) break;
    }
  } catch (const ProverError& e) {
    r.internal_error = e.message;
  } catch (const std::exception& e) {
    r.internal_error = e.what();
  }
  if (r.verdict == Verdict::proved && (r.shortfall != Shortfall::none || !r.internal_error.empty()))
    r.verdict = Verdict::inconclusive;
  if (r.verdict == Verdict::proved)
    for (const std::string_view part : s.differs)
      if (r.witnesses.count(std::string(part)) == 0) {
        r.verdict = Verdict::refuted;
        r.refutation = "no input shows " + std::string(part);
      }
  r.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  return r;
}

}  // namespace gupdiff
