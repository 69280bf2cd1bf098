// SPDX-License-Identifier: GPL-2.0-only
// One scenario in both domains: the path it takes is decided by its own values, learnt as
// the explorer learns it, and everything on the way is evaluated.
#include "proofs/encoder_check.hpp"

#include "oracle/facet.hpp"
#include "oracle/safety.hpp"
#include "proofs/concretise.hpp"
#include "proofs/symbolise.hpp"
#include "scenario/normalise.hpp"

namespace gupdiff {
namespace {

/// What is claimed of the three runs, in either domain: the facets, and each walk's properties.
template <class D>
void claims(const World<D>& w, const Machine<D>& older, const Machine<D>& newer, const Machine<D>& expected,
            const RowSet& rows, std::vector<typename D::Cond>& out) {
  out.clear();
  for (int f = 0; f < kFacets; ++f) out.push_back(facet_equal<D>(static_cast<Facet>(f), w, expected, newer));
  for (const Machine<D>* m : {&newer, &older})
    for (int p = 0; p < kProperties; ++p) out.push_back(property_claim<D>(p, w, *m, rows));
}

std::string claim_name(std::size_t i) {
  if (i < kFacets) return "the relation's facet " + std::string(facet_name(static_cast<Facet>(i)));
  const std::size_t p = (i - kFacets) % kProperties;
  return "the property " + std::string(properties()[p].id);
}

/// Whether a term of value `v` may have known bits `k`.
bool allows(KnownBits k, std::uint64_t v) { return (v & k.zeros) == 0 && (~v & k.ones) == 0; }

}  // namespace

void EncoderCounts::add(const EncoderCounts& o) {
  scenarios += o.scenarios;
  decided += o.decided;
  inferred += o.inferred;
  neighbours += o.neighbours;
  facts += o.facts;
}

bool EncoderCheck::decide(const Term* asked) {
  ++counts_.decided;
  const bool taken = now_.holds(asked);
  const Term* condition = knowledge_.simplify(asked);
  if (now_.holds(condition) != taken && wrong_.empty()) wrong_ = "a condition simplified by the path's facts";
  if (condition->constant()) {
    ++counts_.inferred;
    return taken;
  }
  const Term* literal = taken ? condition : arena_.neg(condition);
  if (counts_.decided % 8 == 0) {
    // The other side, as the explorer goes there, and back: nothing of it may stay.
    const std::size_t here = knowledge_.mark();
    knowledge_.learn(arena_.neg(literal));
    knowledge_.simplify(asked);
    knowledge_.rewind(here);
  }
  learn(literal);
  knowledge_.learn(asked, taken);
  return taken;
}

void EncoderCheck::index(const Term* clause) {
  if (clause->op != Op::neg || clause->a->op != Op::conj) return;
  for (const Dependence& d : arena_.dependences(clause)) clauses_[d.var].push_back(clause);
}

void EncoderCheck::learn(const Term* literal) {
  path_.push_back(literal);
  knowledge_.learn(literal);
  for (const Dependence& d : arena_.dependences(literal))
    for (const Term* clause : clauses_[d.var]) knowledge_.learn(clause);
  index(literal);
}

/// Some things true of the scenario, learnt ahead as a theorem's assumptions are.
void EncoderCheck::assume(Random& random) {
  const auto& variables = arena_.variables();
  for (std::uint32_t n = random.below(4); n > 0 && !variables.empty(); --n) {
    const Term* v = variables[random.below(static_cast<std::uint32_t>(variables.size()))].term;
    const std::uint64_t value = now_.value(v);
    const Term* fact = v;
    if (!v->boolean()) {
      const std::uint64_t mask = random.next() & random.next();
      fact = random.chance(50) ? arena_.eq(arena_.band(v, arena_.word(mask)), arena_.word(value & mask))
                               : arena_.neg(arena_.ult(v, arena_.word(value & mask)));
    } else if (value == 0) {
      fact = arena_.neg(v);
    }
    if (!fact->constant()) learn(fact);
  }
  knowledge_.keep();
}

void EncoderCheck::run(WalkPair pair, const RowSet& rows) {
  run_walk(pair.b, world_, newer_);
  if (disturb) disturb(newer_, now_);
  run_walk(pair.a, world_, older_);
  run_expected(pair, rows, world_, expected_);
  claims<Symbolic>(world_, older_, newer_, expected_, rows, claims_);
}

std::string EncoderCheck::compare(Evaluator& at, WalkPair pair, const RowSet& rows) {
  concretise(world_, at, concrete_world_);
  const auto differs = [&](const Machine<Symbolic>& s, const Machine<Concrete>& c, std::string_view who) {
    std::string what = encoder_mismatch(s, at, c);
    return what.empty() ? what : std::string(who) + ": " + what;
  };
  run_walk(pair.b, concrete_world_, concrete_newer_);
  if (std::string what = differs(newer_, concrete_newer_, walk_name(pair.b)); !what.empty()) return what;
  run_walk(pair.a, concrete_world_, concrete_older_);
  if (std::string what = differs(older_, concrete_older_, walk_name(pair.a)); !what.empty()) return what;
  run_expected(pair, rows, concrete_world_, concrete_expected_);
  if (std::string what = differs(expected_, concrete_expected_, "the catalogue"); !what.empty()) return what;
  // Where a row is asked for behind `&&`, the symbolic run asks always: rows that speak may be more.
  if ((concrete_expected_.known_applied & ~expected_.known_applied).any()) return "the catalogue: the rows that speak";
  std::vector<bool> wanted;
  claims<Concrete>(concrete_world_, concrete_older_, concrete_newer_, concrete_expected_, rows, wanted);
  for (std::size_t i = 0; i < claims_.size(); ++i)
    if (at.holds(claims_[i].in(arena_)) != wanted[i]) return claim_name(i);
  return {};
}

std::string EncoderCheck::unsound(Evaluator& at) {
  const std::uint32_t size = arena_.size();
  counts_.facts += size;
  for (std::uint32_t id = 0; id < size; ++id) {
    const Term* t = arena_.at(id);
    const std::uint64_t v = at.value(t);
    if (!allows(t->bits, v)) return "known bits of a term";
    if (!allows(knowledge_.bits(t), v)) return "bits that the path's facts fix";
    if (at.value(knowledge_.simplify(t)) != v) return "a term simplified by the path's facts";
    if (at.value(knowledge_.ground(t)) != v) return "a term with the path's bits put in";
  }
  return {};
}

/// Moves `at` to an input beside the scenario; whether that takes the same path.
bool EncoderCheck::step_aside(Evaluator& at, Random& random) {
  const auto& variables = arena_.variables();
  const auto count = static_cast<std::uint32_t>(variables.size());
  at.set(now_.assignment());
  for (std::uint32_t n = 1 + random.below(3); n > 0 && count > 0; --n) {
    const std::uint32_t v = random.below(count);
    const std::uint64_t bits = variables[v].boolean ? 1 : std::uint64_t{1} << random.below(64);
    at.assign(v, at.value(variables[v].term) ^ bits);
  }
  for (const Term* t : path_)
    if (!at.holds(t)) return false;
  return true;
}

std::string EncoderCheck::check(const World<Concrete>& world, WalkPair pair, const RowSet& rows, Random& random) {
  ++counts_.scenarios;
  Assignment values;
  world_ = symbolise(world, arena_, values, &random);
  now_.set(values);
  path_.clear();
  wrong_.clear();
  clauses_.assign(arena_.variables().size(), {});
  knowledge_ = Knowledge(arena_);
  concretise(world_, now_, concrete_world_);
  if (!same_scenario(world, concrete_world_)) return "the scenario, symbolised and made concrete again";
  assume(random);
  run(pair, rows);
  if (!wrong_.empty()) return wrong_;
  if (std::string what = compare(now_, pair, rows); !what.empty()) return what;
  constexpr std::uint32_t kUnsoundEvery = 16;  // it costs as much as all the rest of ten scenarios
  const bool facts = random.below(kUnsoundEvery) == 0;
  if (facts)
    if (std::string what = unsound(now_); !what.empty()) return what;
  Evaluator beside(arena_);
  for (int i = 0; i < 2; ++i) {
    if (!step_aside(beside, random)) continue;
    ++counts_.neighbours;
    const std::string what = compare(beside, pair, rows);
    if (!what.empty()) return what + ", at another input of the same path";
    if (facts)
      if (const std::string fact = unsound(beside); !fact.empty()) return fact + ", at another input of the same path";
  }
  return {};
}

}  // namespace gupdiff
