// SPDX-License-Identifier: GPL-2.0-only
// Evaluation of terms, and nudging an assignment towards a condition.
#include "proofs/assignment.hpp"

#include <algorithm>
#include <bit>

namespace gupdiff {

void Evaluator::changed(std::uint64_t variables) {
  if (variables == 0) return;
  for (std::uint64_t& since : changed_since_) since |= variables;
  if (++epoch_ == 0) {
    memo_.assign(memo_.size(), {});
    epoch_ = kEpochs;
  }
  changed_since_[epoch_ % kEpochs] = 0;
}

void Evaluator::set(const Assignment& assignment) {
  std::uint64_t variables = 0;
  const auto compare = [&](std::size_t from, std::size_t end, auto differs) {
    for (std::size_t v = from; v < end; ++v) variables |= std::uint64_t{differs(v)} << v % 64;
  };
  const std::size_t both = std::min(values_.size(), assignment.size());
  compare(0, both, [&](std::size_t v) { return values_[v] != assignment[v]; });
  compare(both, values_.size(), [&](std::size_t v) { return values_[v] != 0; });
  compare(both, assignment.size(), [&](std::size_t v) { return assignment[v] != 0; });
  values_ = assignment;
  changed(variables);
}

void Evaluator::assign(std::uint64_t variable, std::uint64_t value) {
  if (values_.size() <= variable) values_.resize(variable + 1, 0);
  if (values_[variable] == value) return;
  values_[variable] = value;
  changed(std::uint64_t{1} << variable % 64);
}

std::uint64_t Evaluator::value(const Term* t) {
  switch (t->op) {
    case Op::constant:
    case Op::truth: return t->value;
    case Op::word_var:
    case Op::bool_var: return t->value < values_.size() ? values_[t->value] : 0;
    default: break;
  }
  if (t->id >= memo_.size()) memo_.resize(arena_->size());
  if (Memo& known = memo_[t->id]; epoch_ - known.epoch < kEpochs && (t->variables & changed_since_[known.epoch % kEpochs]) == 0) {
    known.epoch = epoch_;
    return known.value;
  }
  std::uint64_t v = 0;
  switch (t->op) {
    case Op::band: v = value(t->a) & value(t->b); break;
    case Op::bor: v = value(t->a) | value(t->b); break;
    case Op::bxor: v = value(t->a) ^ value(t->b); break;
    case Op::add: v = value(t->a) + value(t->b); break;
    case Op::sub: v = value(t->a) - value(t->b); break;
    case Op::shl: v = value(t->a) << t->value; break;
    case Op::lshr: v = value(t->a) >> t->value; break;
    case Op::ite: v = value(t->cond) ? value(t->a) : value(t->b); break;
    case Op::eq: v = value(t->a) == value(t->b); break;
    case Op::ult: v = value(t->a) < value(t->b); break;
    case Op::conj: v = value(t->a) && value(t->b); break;
    case Op::neg: v = !value(t->a); break;
    default: break;
  }
  memo_[t->id] = {v, epoch_};
  return v;
}

namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};

/// Chooses by the low bits of `variant`, using them up.
struct Choice {
  unsigned variant;
  bool flip() {
    const bool b = variant & 1u;
    variant >>= 1;
    return b;
  }
};

/// Sets the `mask` bits of word `t` to those of `v`.
bool steer(const Term* t, std::uint64_t v, std::uint64_t mask, Evaluator& e) {
  const std::uint64_t fixed = t->bits.known() & mask;
  if ((v ^ t->bits.ones) & fixed) return false;
  mask &= ~fixed;
  if (((e.value(t) ^ v) & mask) == 0) return true;
  switch (t->op) {
    case Op::word_var: e.assign(t->value, (e.value(t) & ~mask) | (v & mask)); return true;
    case Op::band: return t->b->constant() && steer(t->a, v, mask & t->b->value, e);
    case Op::bor:
      if (t->b->constant()) return steer(t->a, v, mask, e);
      // Bits one side cannot have come from the other.
      return steer(t->a, v, mask & ~t->a->bits.zeros, e) &&
             steer(t->b, v, mask & t->a->bits.zeros, e);
    case Op::bxor: return t->b->constant() && steer(t->a, v ^ t->b->value, mask, e);
    case Op::add:
      return t->b->constant() &&
             steer(t->a, v - t->b->value, kAll >> std::countl_zero(mask), e);
    case Op::sub:
      // The left side moves, by as much as the difference has to.
      return mask == kAll && steer(t->a, v + e.value(t->b), kAll, e);
    case Op::shl: return steer(t->a, v >> t->value, mask >> t->value, e);
    case Op::lshr: return steer(t->a, v << t->value, mask << t->value, e);
    case Op::ite: return steer(e.holds(t->cond) ? t->a : t->b, v, mask, e);
    default: return false;
  }
}

bool nudge(const Term* t, bool wanted, Evaluator& e, Knowledge& knowledge, Choice& choice) {
  if (e.holds(t) == wanted) return true;
  switch (t->op) {
    case Op::bool_var: e.assign(t->value, wanted); return true;
    case Op::neg: return nudge(t->a, !wanted, e, knowledge, choice);
    case Op::conj: {
      const Term* first = t->a;
      const Term* second = t->b;
      if (wanted)
        return nudge(first, true, e, knowledge, choice) && nudge(second, true, e, knowledge, choice);
      // One side suffices; a side the path needs is not it.
      if (knowledge.implies(first)) return nudge(second, false, e, knowledge, choice);
      if (knowledge.implies(second)) return nudge(first, false, e, knowledge, choice);
      return nudge(choice.flip() ? second : first, false, e, knowledge, choice);
    }
    case Op::eq: {
      const std::uint64_t v = e.value(t->b);
      if (wanted) return steer(t->a, v, kAll, e) || steer(t->b, e.value(t->a), kAll, e);
      const KnownBits k = knowledge.bits(t->a);
      std::uint64_t open = ~k.known();
      if (open == 0) return false;
      if (choice.flip() && (open & (open - 1)) != 0) open &= open - 1;
      return steer(t->a, v ^ (open & (0 - open)), kAll, e);
    }
    case Op::ult: {
      const std::uint64_t a = e.value(t->a), b = e.value(t->b);
      const bool other = choice.flip();
      const auto left = [&] {
        if (wanted && b == 0) return false;
        // As near to b as the bits known of the left side let it come.
        const KnownBits& k = t->a->bits;
        const std::uint64_t v = wanted ? ((b - 1) & k.most()) | k.ones : b | k.ones;
        return (v < b) == wanted && steer(t->a, v, kAll, e);
      };
      const auto right = [&] {
        return wanted ? a != kAll && steer(t->b, a + 1, kAll, e) : steer(t->b, a, kAll, e);
      };
      return other ? right() || left() : left() || right();
    }
    default: return false;
  }
}

}  // namespace

bool nudge(const Term* condition, bool wanted, Evaluator& e, Knowledge& knowledge,
           unsigned variant) {
  Choice choice{variant};
  return nudge(condition, wanted, e, knowledge, choice);
}

}  // namespace gupdiff
