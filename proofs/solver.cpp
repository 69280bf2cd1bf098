// SPDX-License-Identifier: GPL-2.0-only
// The only user of Z3. Each term is translated once a context; the solver is
// scoped by push and pop around one named query.
#include "proofs/solver.hpp"

#include <z3++.h>

#include <chrono>
#include <optional>

namespace gupdiff {

std::string_view answer_name(Answer a) {
  switch (a) {
    case Answer::sat: return "sat";
    case Answer::unsat: return "unsat";
    case Answer::timeout: return "timeout";
    case Answer::out_of_memory: return "out of memory";
    case Answer::unknown: return "unknown";
    case Answer::crashed: return "crashed";
  }
  return "?";
}

struct Solver::Z3 {
  const TermArena& arena;
  z3::context context;
  z3::solver solver;
  std::vector<std::optional<z3::expr>> cache;  // by term id; holds the reference
  std::vector<z3::expr> trackers;
  SolverUse use;

  Z3(const TermArena& a, unsigned timeout_ms)
      : arena(a), solver(context, z3::solver::simple()) {
    z3::params p(context);
    p.set("timeout", timeout_ms);
    p.set("random_seed", 0u);
    solver.set(p);
  }

  z3::expr translate(const Term* t) {
    if (t->id >= cache.size()) cache.resize(arena.size());
    if (!cache[t->id]) cache[t->id].emplace(build(t));
    return *cache[t->id];
  }

  z3::expr build(const Term* t) {
    auto& c = context;
    auto word = [&](std::uint64_t v) { return c.bv_val(static_cast<uint64_t>(v), 64); };
    switch (t->op) {
      case Op::constant: return word(t->value);
      case Op::truth: return c.bool_val(t->value != 0);
      case Op::word_var: return c.bv_const(arena.variables()[t->value].name.c_str(), 64);
      case Op::bool_var: return c.bool_const(arena.variables()[t->value].name.c_str());
      case Op::band: return translate(t->a) & translate(t->b);
      case Op::bor: return translate(t->a) | translate(t->b);
      case Op::bxor: return translate(t->a) ^ translate(t->b);
      case Op::add: return translate(t->a) + translate(t->b);
      case Op::sub: return translate(t->a) - translate(t->b);
      case Op::shl: return z3::shl(translate(t->a), word(t->value));
      case Op::lshr: return z3::lshr(translate(t->a), word(t->value));
      case Op::ite: return z3::ite(translate(t->cond), translate(t->a), translate(t->b));
      case Op::eq: return translate(t->a) == translate(t->b);
      case Op::ult: return z3::ult(translate(t->a), translate(t->b));
      case Op::conj: return translate(t->a) && translate(t->b);
      case Op::neg: return !translate(t->a);
    }
    return c.bool_val(false);
  }

  z3::expr tracker(std::size_t i) {
    while (trackers.size() <= i)
      trackers.push_back(context.bool_const(("t!" + std::to_string(trackers.size())).c_str()));
    return trackers[i];
  }

  Answer unknown_reason() {
    const std::string why = solver.reason_unknown();
    if (why.find("timeout") != std::string::npos || why.find("canceled") != std::string::npos)
      return Answer::timeout;
    return why.find("memory") != std::string::npos ? Answer::out_of_memory : Answer::unknown;
  }
};

namespace {

/// push() now, pop() on every way out.
class Scope {
 public:
  explicit Scope(z3::solver& s) : solver_(s) { solver_.push(); }
  ~Scope() {
    try {
      solver_.pop();
    } catch (const z3::exception&) {
      // The context is broken; the query already reported `crashed`.
    }
  }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  z3::solver& solver_;
};

}  // namespace

Solver::Solver(const TermArena& arena, unsigned timeout_ms)
    : z3_(std::make_unique<Z3>(arena, timeout_ms)) {}
Solver::~Solver() = default;

const SolverUse& Solver::use() const { return z3_->use; }

void Solver::limit_memory(unsigned mb) {
  z3::set_param("memory_max_size", static_cast<int>(mb));
}

std::string Solver::version() {
  unsigned major = 0, minor = 0, build = 0, revision = 0;
  Z3_get_version(&major, &minor, &build, &revision);
  return "Z3 " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(build);
}

Answer Solver::check(std::string_view name, std::span<const Term* const> conditions,
                     Assignment* model, std::vector<std::size_t>* core) {
  Z3& z = *z3_;
  const auto begun = std::chrono::steady_clock::now();
  Answer answer = Answer::crashed;
  try {
    const Scope scope(z.solver);
    z3::expr_vector assumptions(z.context);
    for (std::size_t i = 0; i < conditions.size(); ++i) {
      if (!core) {
        z.solver.add(z.translate(conditions[i]));
        continue;
      }
      z.solver.add(z3::implies(z.tracker(i), z.translate(conditions[i])));
      assumptions.push_back(z.tracker(i));
    }
    switch (core ? z.solver.check(assumptions) : z.solver.check()) {
      case z3::sat: {
        answer = Answer::sat;
        if (!model) break;
        const z3::model m = z.solver.get_model();
        const auto& variables = z.arena.variables();
        model->resize(variables.size(), 0);
        for (std::size_t v = 0; v < variables.size(); ++v) {
          const Term* t = variables[v].term;
          const z3::expr e = z.translate(t);
          if (!m.has_interp(e.decl())) continue;
          const z3::expr value = m.eval(e, true);
          (*model)[v] = variables[v].boolean ? value.is_true() : value.get_numeral_uint64();
        }
        break;
      }
      case z3::unsat: {
        answer = Answer::unsat;
        if (!core) break;
        core->clear();
        const z3::expr_vector found = z.solver.unsat_core();
        for (unsigned k = 0; k < found.size(); ++k)
          for (std::size_t i = 0; i < conditions.size(); ++i)
            if (z3::eq(found[static_cast<int>(k)], z.trackers[i])) core->push_back(i);
        break;
      }
      case z3::unknown: answer = z.unknown_reason(); break;
    }
  } catch (const z3::exception& e) {
    answer = std::string_view(e.msg()).find("memory") != std::string_view::npos
                 ? Answer::out_of_memory
                 : Answer::crashed;
  } catch (const std::bad_alloc&) {
    answer = Answer::out_of_memory;
  }
  const double s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  ++z.use.checks;
  z.use.seconds += s;
  if (s > z.use.slowest) {
    z.use.slowest = s;
    z.use.slowest_name = name;
  }
  return answer;
}

}  // namespace gupdiff
