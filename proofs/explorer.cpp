// SPDX-License-Identifier: GPL-2.0-only
// Branches, replay, and the ladder a flipped branch climbs: known contradiction,
// nearby assignment, and last the solver on the part of the path that matters.
#include "proofs/explorer.hpp"

#include <algorithm>

#include "proofs/second_opinion.hpp"

namespace gupdiff {
namespace {

/// For one check of the solver.
constexpr unsigned kQueryMilliseconds = 20'000;

/// Thrown out of a run when the exploration stops. Nothing in a model may catch it.
struct Abandoned {};
/// Thrown out of a run that has left the exploration's bound. Likewise.
struct BeyondBound {};

}  // namespace

std::string_view shortfall_name(Shortfall s) {
  switch (s) {
    case Shortfall::none: return "none";
    case Shortfall::timeout: return "timeout";
    case Shortfall::memory: return "memory";
    case Shortfall::unknown: return "unknown";
    case Shortfall::path_budget: return "path budget";
    case Shortfall::crashed: return "crashed";
    case Shortfall::interrupted: return "interrupted";
  }
  return "?";
}

void ExplorationCounts::add(const ExplorationCounts& o) {
  paths += o.paths;
  branches += o.branches;
  inferred += o.inferred;
  nudged += o.nudged;
  core_hits += o.core_hits;
  infeasible += o.infeasible;
  checks += o.checks;
  beyond_bound += o.beyond_bound;
  solver_seconds += o.solver_seconds;
}

void Frontier::put(PendingPath path) {
  {
    const std::lock_guard lock(mutex_);
    pending_.push_back(std::move(path));
  }
  changed_.notify_one();
}

bool Frontier::take(PendingPath& path) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || !pending_.empty() || running_ == 0; });
  if (stopped_ || pending_.empty()) return false;
  if (paths_ >= budget_.max_paths || out_of_time()) {
    shortfall_ = out_of_time() ? Shortfall::timeout : Shortfall::path_budget;
    stopped_ = true;
    changed_.notify_all();
    return false;
  }
  path = std::move(pending_.back());
  pending_.pop_back();
  ++running_;
  ++paths_;
  return true;
}

void Frontier::finished() {
  const std::lock_guard lock(mutex_);
  --running_;
  if (running_ == 0 && pending_.empty()) changed_.notify_all();
}

void Frontier::stop(Shortfall why) {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    if (shortfall_ == Shortfall::none) shortfall_ = why;
  }
  changed_.notify_all();
}

void Frontier::note(Shortfall why) {
  const std::lock_guard lock(mutex_);
  if (shortfall_ == Shortfall::none) shortfall_ = why;
}

Explorer::Explorer(TermArena& arena)
    : arena_(arena),
      solver_(arena, kQueryMilliseconds),
      now_(arena),
      trial_(arena),
      knowledge_(arena) {
  arena_.decider = this;
}

Explorer::~Explorer() { arena_.decider = nullptr; }

void Explorer::assume(const Term* condition) {
  // Conjuncts apart: a slice then takes only what it needs.
  if (condition->op == Op::conj) {
    assume(condition->a);
    assume(condition->b);
    return;
  }
  if (condition != arena_.truth(true)) assumptions_.push_back(condition);
}

Answer Explorer::satisfy(Assignment& found) {
  found.assign(arena_.variables().size(), 0);
  const Answer a = solver_.check("assumptions", assumptions_, &found, nullptr);
  if (second && (a == Answer::sat || a == Answer::unsat)) second->ask("assumptions", assumptions_, a);
  if (a == Answer::sat) {
    now_.set(found);
    if (!satisfied(now_)) throw ProverError{"the solver's model does not satisfy the assumptions"};
  }
  return a;
}

const ExplorationCounts& Explorer::counts() {
  counts_.checks = solver_.use().checks;
  counts_.solver_seconds = solver_.use().seconds;
  return counts_;
}

void Explorer::explore(Frontier& frontier, const std::function<void()>& body) {
  if (!frontier_) {
    clauses_.assign(arena_.variables().size(), {});
    for (const Term* a : assumptions_) {
      knowledge_.learn(a);
      index(a);
    }
    knowledge_.keep();
    indexed_.clear();
  }
  frontier_ = &frontier;
  rewind(0);
  trail_.clear();
  asked_.clear();
  PendingPath next;
  while (frontier_->take(next)) {
    begin(std::move(next));
    try {
      body();
      if (steps_.size() < prefix_ || question_ < known_) throw ProverError{"a replayed path ended before its prefix"};
      ++counts_.paths;
    } catch (const Abandoned&) {
    } catch (const BeyondBound&) {
      ++counts_.beyond_bound;
    } catch (...) {
      frontier_->stop(Shortfall::none);
      frontier_->finished();
      throw;
    }
    frontier_->finished();
  }
}

/// Makes `next` the running path. What it shares with the one before is kept, answers included.
void Explorer::begin(PendingPath next) {
  std::size_t shared = 0;
  while (shared < steps_.size() && shared < next.trail.size() && trail_[shared] == next.trail[shared]) ++shared;
  known_ = shared < steps_.size() ? steps_[shared].asked : asked_.size();
  rewind(shared);
  now_.set(next.assignment);
  trail_ = std::move(next.trail);
  prefix_ = trail_.size();
  question_ = 0;
}

/// Back to where the running path had `steps` literals.
void Explorer::rewind(std::size_t steps) {
  if (steps == steps_.size()) return;
  const Step& first = steps_[steps];
  knowledge_.rewind(first.facts);
  path_hash_ = first.hash;
  for (; indexed_.size() > first.clauses; indexed_.pop_back()) clauses_[indexed_.back()].pop_back();
  path_.resize(steps);
  steps_.resize(steps);
}

void Explorer::index(const Term* clause) {
  if (clause->op != Op::neg || clause->a->op != Op::conj) return;
  for (const Dependence& d : arena_.dependences(clause)) {
    clauses_[d.var].push_back(clause);
    indexed_.push_back(d.var);
  }
}

void Explorer::learn(const Term* literal) {
  path_.push_back(literal);
  path_hash_ = (path_hash_ ^ literal->hash) * 0xff51afd7ed558ccdull;
  knowledge_.learn(literal);
  // Unit propagation: a disjunction that shares a variable may have one side left.
  for (const Dependence& d : arena_.dependences(literal))
    for (const Term* clause : clauses_[d.var]) knowledge_.learn(clause);
  index(literal);
}

void Explorer::stay_within_bound() const {
  if (beyond_bound && beyond_bound()) throw BeyondBound{};
}

bool Explorer::decide(const Term* asked) {
  const std::size_t question = question_++;
  if (question < known_) {
    const Asked& known = asked_[question];
    if (known.condition != asked) throw ProverError{"replay decided another condition than the path it repeats"};
    // The path's own assignment is a witness against any wrong inference.
    if (now_.holds(asked) != known.taken) throw ProverError{"a replayed decision is against the path's own assignment"};
    return known.taken;
  }
  asked_.resize(question);
  const bool taken = decide_anew(asked);
  asked_.push_back({asked, taken});
  return taken;
}

bool Explorer::decide_anew(const Term* asked) {
  const Term* condition = knowledge_.simplify(asked);
  if (condition != asked && sampled(asked)) ask_inference(asked, condition);
  if (condition->constant()) {
    ++counts_.inferred;
    // The path's own assignment is a witness against any wrong inference.
    if (now_.holds(asked) != (condition->value != 0))
      throw ProverError{"a condition was inferred against the path's own assignment"};
    return condition->value != 0;
  }
  const bool taken = now_.holds(condition);
  const Term* literal = taken ? condition : arena_.neg(condition);
  if (steps_.size() < prefix_) {
    if (trail_[steps_.size()] != literal->hash)
      throw ProverError{"replay decided another condition than the path it repeats"};
  } else {
    stay_within_bound();
    if (frontier_->stopped()) throw Abandoned{};
    if (frontier_->out_of_time()) {
      frontier_->stop(Shortfall::timeout);
      throw Abandoned{};
    }
    ++counts_.branches;
    const Term* flipped = arena_.neg(literal);
    PendingPath other;
    switch (find("branch", flipped, other.assignment)) {
      case Answer::sat:
        other.trail = trail_;
        other.trail.push_back(flipped->hash);
        frontier_->put(std::move(other));
        break;
      case Answer::unsat: break;
      case Answer::timeout: frontier_->note(Shortfall::timeout); break;
      case Answer::out_of_memory: frontier_->note(Shortfall::memory); break;
      case Answer::unknown:
      case Answer::crashed: frontier_->note(Shortfall::unknown); break;
    }
    trail_.push_back(literal->hash);
  }
  steps_.push_back({question_ - 1, knowledge_.mark(), indexed_.size(), path_hash_});
  learn(literal);
  knowledge_.learn(asked, taken);
  return taken;
}

Answer Explorer::refute(std::string_view name, const Term* goal, Assignment& counterexample) {
  if (!now_.holds(goal)) {
    counterexample = now_.assignment();
    return Answer::sat;
  }
  const Term* simpler = knowledge_.simplify(goal);
  if (simpler != goal && sampled(goal)) ask_inference(goal, simpler);
  return find(name, arena_.neg(simpler), counterexample);
}

Answer Explorer::find(std::string_view name, const Term* literal, Assignment& found) {
  if (literal == arena_.truth(false)) return Answer::unsat;
  if (use_cores && contradicted(literal)) {
    if (sampled(literal)) ask_inference(literal);
    ++counts_.core_hits;
    ++counts_.infeasible;
    return Answer::unsat;
  }
  if (use_nudges && nearby(literal, found)) {
    ++counts_.nudged;
    return Answer::sat;
  }
  // The part of the path that matters, with the bits it has fixed put in.
  std::vector<const Term*> grounded, query;
  std::vector<std::uint64_t> masks;
  const auto ground = [&](const Term* t) {
    const Term* g = knowledge_.ground(t);
    if (!g->constant()) grounded.push_back(g);
  };
  for (const Term* t : assumptions_) ground(t);
  for (const Term* t : path_) ground(t);
  const Term* wanted = knowledge_.ground(literal);
  slice(wanted, std::move(grounded), query, masks);
  if (use_nudges && donated(literal, masks, found)) {
    ++counts_.nudged;
    return Answer::sat;
  }
  Assignment model = now_.assignment();
  Answer a = solver_.check(name, query, &model, nullptr);
  if (second && a == Answer::sat) second->ask(name, query, a);
  if (a == Answer::sat) {
    // Bits outside the slice keep their values: nothing in it depends on them.
    found = now_.assignment();
    found.resize(arena_.variables().size(), 0);
    for (std::size_t v = 0; v < masks.size(); ++v)
      found[v] = (found[v] & ~masks[v]) | (model[v] & masks[v]);
    trial_.set(found);
    if (!trial_.holds(literal) || !satisfied(trial_))
      throw ProverError{"the solver's model does not satisfy its query"};
    constexpr std::size_t kDonors = 24;
    if (donors_.size() < kDonors) donors_.push_back(found);
    else donors_[next_donor_++ % kDonors] = found;
  } else if (a == Answer::unsat) {
    ++counts_.infeasible;
    const bool kept = use_cores && remember(name, literal);
    if (second) second->ask(name, query, a, kept);  // a core kept says the same of this path
  }
  return a;
}

/// Whether the second opinion wants to hear of what was just inferred of `inferred`.
bool Explorer::sampled(const Term* inferred) {
  return second && second->samples((path_hash_ ^ inferred->hash) * 0x9e3779b97f4a7c15ull >> 20);
}

/// Asks whether `wrong`, which an inference denies, can hold on this path.
void Explorer::ask_inference(const Term* wrong) {
  std::vector<const Term*> rest = assumptions_, query;
  rest.insert(rest.end(), path_.begin(), path_.end());
  std::vector<std::uint64_t> masks;
  slice(wrong, std::move(rest), query, masks);
  second->ask_inference(query);
}

/// Asks whether `asked` and what it was simplified to can differ on this path.
void Explorer::ask_inference(const Term* asked, const Term* simpler) {
  const Term* no = arena_.neg(asked);
  if (simpler->constant()) return ask_inference(simpler->value ? no : asked);
  ask_inference(arena_.disj(arena_.conj(asked, arena_.neg(simpler)), arena_.conj(no, simpler)));
}

bool Explorer::satisfied(Evaluator& e) const {
  return std::all_of(path_.begin(), path_.end(), [&](const Term* t) { return e.holds(t); }) &&
         std::all_of(assumptions_.begin(), assumptions_.end(),
                     [&](const Term* t) { return e.holds(t); });
}

bool Explorer::contradicted(const Term* literal) {
  const auto it = cores_with_.find(literal);
  if (it == cores_with_.end()) return false;
  return std::any_of(it->second.begin(), it->second.end(), [&](std::uint32_t i) {
    return std::all_of(cores_[i].begin(), cores_[i].end(), [&](const Term* t) {
      return t == literal || knowledge_.implies(t);
    });
  });
}

/// Whether the contradiction of `literal` with the path is kept for later paths.
bool Explorer::remember(std::string_view name, const Term* literal) {
  // Asked again without this path's bits put in: the core then serves other paths.
  std::vector<const Term*> rest = assumptions_, query;
  rest.insert(rest.end(), path_.begin(), path_.end());
  std::vector<std::uint64_t> masks;
  slice(literal, std::move(rest), query, masks);
  std::vector<std::size_t> core;
  switch (solver_.check(name, query, nullptr, &core)) {
    case Answer::unsat: break;
    case Answer::sat: throw ProverError{"the solver contradicts itself on one query"};
    default: return false;  // no core is no harm
  }
  if (second) {
    std::vector<const Term*> part;
    for (const std::size_t i : core) part.push_back(query[i]);
    second->ask(std::string(name) + " core", part, Answer::unsat);
  }
  std::vector<const Term*> kept{literal};
  for (const std::size_t i : core)
    if (query[i] != literal &&
        std::find(assumptions_.begin(), assumptions_.end(), query[i]) == assumptions_.end())
      kept.push_back(query[i]);
  for (const Term* t : kept) cores_with_[t].push_back(static_cast<std::uint32_t>(cores_.size()));
  cores_.push_back(std::move(kept));
  return true;
}

bool Explorer::repair(const Term* literal, unsigned variant, Assignment& found) {
  constexpr unsigned kRepairs = 6;
  const auto broken = [&]() -> const Term* {
    if (!trial_.holds(literal)) return literal;
    for (auto it = path_.rbegin(); it != path_.rend(); ++it)
      if (!trial_.holds(*it)) return *it;
    for (const Term* a : assumptions_)
      if (!trial_.holds(a)) return a;
    return nullptr;
  };
  const Term* next = broken();
  for (unsigned i = 0; i < kRepairs && next; ++i) {
    // The first variants repair as they began, the later ones take turns.
    const unsigned v = variant == 0 ? 0 : variant == 1 ? ~0u : variant * 0x55u + i;
    if (!nudge(next, true, trial_, knowledge_, v)) return false;
    next = broken();
  }
  if (next) return false;
  found = trial_.assignment();
  return true;
}

bool Explorer::nearby(const Term* literal, Assignment& found) {
  constexpr unsigned kVariants = 4;
  for (unsigned variant = 0; variant < kVariants; ++variant) {
    trial_.set(now_.assignment());
    if (repair(literal, variant, found)) return true;
  }
  return false;
}

bool Explorer::donated(const Term* literal, const std::vector<std::uint64_t>& masks,
                       Assignment& found) {
  // A model of another query, for the variables at issue: entries, and what they
  // are tied to, change their kind as a whole.
  for (const Assignment& donor : donors_) {
    Assignment mixed = now_.assignment();
    mixed.resize(masks.size(), 0);
    for (std::size_t v = 0; v < masks.size(); ++v)
      mixed[v] = (mixed[v] & ~masks[v]) | (donor[v] & masks[v]);
    trial_.set(mixed);
    if (trial_.holds(literal) && repair(literal, 0, found)) return true;
  }
  return false;
}

void Explorer::slice(const Term* literal, std::vector<const Term*> rest,
                     std::vector<const Term*>& out, std::vector<std::uint64_t>& masks) {
  masks.assign(arena_.variables().size(), 0);
  auto take = [&](const Term* t) {
    out.push_back(t);
    for (const Dependence& d : arena_.dependences(t)) masks[d.var] |= d.mask;
  };
  auto touches = [&](const Term* t) {
    const auto& deps = arena_.dependences(t);
    return std::any_of(deps.begin(), deps.end(),
                       [&](const Dependence& d) { return (masks[d.var] & d.mask) != 0; });
  };
  take(literal);
  for (bool changed = true; changed;) {
    changed = false;
    auto last = std::remove_if(rest.begin(), rest.end(), [&](const Term* t) {
      if (!touches(t)) return false;
      take(t);
      return changed = true;
    });
    rest.erase(last, rest.end());
  }
}

}  // namespace gupdiff
