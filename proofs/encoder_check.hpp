// SPDX-License-Identifier: GPL-2.0-only
// The encoder held against the concrete domain on scenarios: what the symbolic walks,
// relation and properties evaluate to must be what the concrete ones give.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "oracle/catalogue.hpp"
#include "oracle/registry.hpp"
#include "proofs/assignment.hpp"
#include "proofs/knowledge.hpp"
#include "proofs/symbolic_walks.hpp"
#include "scenario/mutator.hpp"

namespace gupdiff {

/// What was compared.
struct EncoderCounts {
  std::uint64_t scenarios = 0;
  std::uint64_t decided = 0;     ///< conditions decided on the paths
  std::uint64_t inferred = 0;    ///< of them, those that followed from the path's facts
  std::uint64_t neighbours = 0;  ///< other inputs of the same path that were compared, too
  std::uint64_t facts = 0;       ///< terms whose known bits and simpler forms were evaluated
  void add(const EncoderCounts&);
};

/// Plants a mistake in a symbolic run; the evaluator is the scenario's.
using Disturbance = std::function<void(Machine<Symbolic>&, Evaluator&)>;

/// Compares scenarios one after another over one arena; it grows, so start anew now and then.
class EncoderCheck final : public Decider {
 public:
  EncoderCheck() : now_(arena_), knowledge_(arena_) { arena_.decider = this; }

  /// Runs both walks of `pair`, and the older one under `rows`, in both domains on `world` and on
  /// inputs near it that take the same path. Empty: they agree on every output, every claim of the
  /// relation and of the properties, and every inference on the way; else what differs first.
  std::string check(const World<Concrete>& world, WalkPair pair, const RowSet& rows, Random& random);

  const EncoderCounts& counts() const { return counts_; }
  bool decide(const Term* condition) override;

  /// Tests of the check itself: changes what the newer symbolic walk came to.
  Disturbance disturb;

 private:
  void assume(Random& random);
  void learn(const Term* literal);
  void index(const Term* clause);
  void run(WalkPair pair, const RowSet& rows);
  std::string compare(Evaluator& at, WalkPair pair, const RowSet& rows);
  std::string unsound(Evaluator& at);
  bool step_aside(Evaluator& at, Random& random);

  TermArena arena_;
  Evaluator now_;
  Knowledge knowledge_;
  EncoderCounts counts_;
  World<Symbolic> world_;
  World<Concrete> concrete_world_;
  Machine<Symbolic> newer_, older_, expected_;
  Machine<Concrete> concrete_newer_, concrete_older_, concrete_expected_;
  std::vector<SymbolicCond> claims_;
  std::vector<const Term*> path_;
  std::vector<std::vector<const Term*>> clauses_;  ///< disjunctions of the path, by variable
  std::string wrong_;                              ///< the first inference against the assignment
};

struct EncoderOptions {
  std::uint64_t runs = 10'000;  ///< scenarios
  std::uint64_t seed = 1;
  std::uint64_t first = 0;      ///< number of the first scenario
  unsigned threads = 1;
  ArchitectureSet architectures = kAllArchitectures;
  std::function<void(std::uint64_t done)> progress;  ///< about four times a second
  Disturbance disturb;                               ///< see EncoderCheck
};

/// A scenario on which the two domains do not agree.
struct EncoderMismatch {
  std::uint64_t number = 0;  ///< of the scenario: EncoderOptions::first repeats it
  WalkPair pair;
  std::string what;
  World<Concrete> world;
};

struct EncoderResult {
  EncoderCounts counts;
  std::optional<EncoderMismatch> mismatch;  ///< the one of the lowest number
};

/// Random scenarios, reachable and not, generated and mutated; a pair of walks each. The same seed
/// gives the same result whatever the number of threads.
EncoderResult fuzz_encoder(const EncoderOptions& options);

/// `world` under every pair of walks that runs on its machine.
EncoderResult check_encoder(const World<Concrete>& world);

}  // namespace gupdiff
