// SPDX-License-Identifier: GPL-2.0-only
// gupdiff_prove_bench [--seconds N] [--json]: the prover's explorer beside the textbook
// ways of exploring the same two walks in the same bound, as ratios.
//
// The bound is one page in a 1 GiB hugetlb page of a private mapping, nothing allocated,
// woken or signalled: every entry, folio and FOLL_ flag is symbolic, what the faults may
// be answered is not.
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/textbook_explorer.hpp"
#include "oracle/facet.hpp"
#include "proofs/explorer.hpp"
#include "proofs/symbolic_walks.hpp"
#include "proofs/theorem.hpp"

namespace {

using namespace gupdiff;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kTheorem = "hugetlb-1G/one-page";

/// Variables that the bound fixes, and to what.
struct Fixed {
  std::string_view variable;
  std::uint64_t value;
};
constexpr Fixed kFixed[] = {{"alloc_fail_at", 0},    {"fatal_signal_at", 0}, {"signal_at", 0},
                            {"mmap_lock_fail_at", 0}, {"userfault_wakes", 0}, {"huge_pool", 0}};

double cpu_seconds() {
  rusage u;
  getrusage(RUSAGE_SELF, &u);
  return static_cast<double>(u.ru_utime.tv_sec) + static_cast<double>(u.ru_utime.tv_usec) * 1e-6;
}

/// The two walks and the claim about them, over one arena.
class Instance {
 public:
  TermArena arena;

  Instance() {
    for (const Theorem& t : theorems())
      if (t.arch == "x86_64" && t.name == kTheorem) theorem_ = &t;
    if (!theorem_) throw std::runtime_error("the theorem of the benchmark is not in the list any more");
    setting_ = theorem_->build(arena, theorem_->cells.front(), theorem_->order);
    for (const Assumption& a : setting_.assumptions) assumptions.push_back(a.holds.in(arena));
    for (const Fixed& f : kFixed)
      for (const Variable& v : arena.variables())
        if (v.name == f.variable) assumptions.push_back(arena.eq(v.term, arena.word(f.value)));
  }

  /// Runs both walks; the claim of this path.
  const Term* run() {
    const WalkPair pair = default_pair();
    run_expected(pair, all_rows(), setting_.world, expected_);
    run_walk(pair.b, setting_.world, newer_);
    SymbolicCond equal(true);
    for (int f = 0; f < kFacets; ++f) equal = equal && facet_equal<Symbolic>(static_cast<Facet>(f), setting_.world, expected_, newer_);
    return equal.in(arena);
  }

  std::vector<const Term*> assumptions;

 private:
  const Theorem* theorem_ = nullptr;
  Setting setting_;
  Machine<Symbolic> expected_, newer_;
};

/// What one way of exploring came to.
struct Measured {
  std::string name;
  std::uint64_t paths = 0, checks = 0;
  double cpu = 0;
  bool done = false, proved = true;
  double paths_per_second() const { return cpu > 0 ? static_cast<double>(paths) / cpu : 0; }
};

Measured ours(const std::string& name, double seconds, bool cores, bool nudges) {
  Instance in;
  Budget budget;
  budget.deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  Frontier frontier(budget);
  Explorer explorer(in.arena);
  explorer.use_cores = cores;
  explorer.use_nudges = nudges;
  for (const Term* a : in.assumptions) explorer.assume(a);
  Measured m{name};
  const double begun = cpu_seconds();
  PendingPath first;
  if (explorer.satisfy(first.assignment) != Answer::sat) return m;
  frontier.put(std::move(first));
  explorer.explore(frontier, [&] {
    Assignment found;
    m.proved = explorer.refute("equal", in.run(), found) == Answer::unsat && m.proved;
  });
  m.cpu = cpu_seconds() - begun;
  m.paths = explorer.counts().paths;
  m.checks = explorer.counts().checks;
  m.done = frontier.shortfall() == Shortfall::none;
  return m;
}

Measured textbook(const std::string& name, double seconds, TextbookStrategy strategy) {
  Instance in;
  TextbookExplorer explorer(in.arena, strategy, seconds);
  Measured m{name};
  const double begun = cpu_seconds();
  const TextbookOutcome out = explorer.explore(in.assumptions, [&] { return in.run(); });
  m.cpu = cpu_seconds() - begun;
  m.paths = out.paths;
  m.checks = out.checks;
  m.done = out.finished;
  m.proved = out.proved;
  return m;
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 60;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view a = argv[i];
    char* end = nullptr;
    if (a == "--json") {
      json = true;
    } else if (a == "--seconds" && i + 1 < argc && (seconds = std::strtod(argv[++i], &end), *end == 0 && seconds > 0)) {
    } else {
      fmt::print(stderr, "gupdiff_prove_bench: '{}' is not understood; the options are --seconds N (more than 0, for each strategy) and --json.\n", a);
      return 1;
    }
  }
  std::vector<Measured> all;
  all.push_back(ours("gupdiff", seconds, true, true));
  all.push_back(ours("  without remembered contradictions", seconds, false, true));
  all.push_back(ours("  without nearby assignments", seconds, true, false));
  all.push_back(ours("  without either", seconds, false, false));
  all.push_back(textbook("textbook: a check a side, cores kept", seconds, {.cores = true}));
  all.push_back(textbook("textbook: a check a side", seconds, {}));
  all.push_back(textbook("textbook: forks on && and || too", seconds, {.fork_on_conjunctions = true}));
  all.push_back(textbook("textbook: checks when a path ends", seconds, {.check_at_end = true}));
  const double base = all.front().paths_per_second();
  if (json) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const Measured& m : all)
      out.push_back({{"strategy", m.name}, {"paths", m.paths}, {"checks", m.checks}, {"cpu_seconds", m.cpu}, {"finished", m.done}, {"proved", m.proved && m.done}});
    fmt::print("{}\n", out.dump(2));
    return 0;
  }
  fmt::print("{:<40} {:>8} {:>8} {:>9} {:>12}  {}\n", "strategy", "paths", "checks", "CPU s", "paths/CPU s", "gupdiff is faster by");
  for (const Measured& m : all)
    fmt::print("{:<40} {:>8} {:>8} {:>9.2f} {:>12.0f}  {:.1f} times a path{}\n", m.name, m.paths, m.checks, m.cpu, m.paths_per_second(),
               m.paths > 0 ? base / m.paths_per_second() : 0.0,
               m.done ? fmt::format(", {:.1f} times in all", m.cpu / all.front().cpu) : ", not finished");
  return 0;
}
