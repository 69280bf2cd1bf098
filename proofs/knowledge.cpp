// SPDX-License-Identifier: GPL-2.0-only
// Propagation of decided conditions down to bits, and of bits up to conditions.
#include "proofs/knowledge.hpp"

#include <bit>

namespace gupdiff {

void Knowledge::rewind(std::size_t mark) {
  while (undo_.size() > mark) {
    cells_[undo_.back().first].fact = undo_.back().second;
    undo_.pop_back();
  }
  derived_is_stale();
}

void Knowledge::derived_is_stale() {
  if (++version_ != 0) return;
  for (Cell& c : cells_) c.memo_stamp = c.simpler_stamp = c.grounded_stamp = 0;
  version_ = 1;
}

void Knowledge::grow() { cells_.resize(arena_->size() + arena_->size() / 2); }

KnownBits Knowledge::bits(const Term* t) {
  if (t->constant()) return t->bits;
  KnownBits k = t->bits;
  {
    const Cell& c = cell(t);
    if (c.memo_stamp == version_) return c.memo;
    k.zeros |= c.fact.zeros;
    k.ones |= c.fact.ones;
  }
  if (!k.constant()) {
    const KnownBits none{};
    const KnownBits c = t->op == Op::ite ? bits(t->cond) : none;
    const KnownBits a = t->a ? bits(t->a) : none;
    const KnownBits b = t->b ? bits(t->b) : none;
    const KnownBits up = transfer(t->op, t->value, a, b, c);
    k.zeros |= up.zeros;
    k.ones |= up.ones;
  }
  Cell& c = cell(t);
  c.memo_stamp = version_;
  return c.memo = k;
}

const Term* Knowledge::simplify(const Term* t) {
  if (t->constant()) return t;
  const KnownBits k = bits(t);
  if (k.constant()) return t->boolean() ? arena_->truth(k.ones & 1) : arena_->word(k.ones);
  if (t->op == Op::word_var || t->op == Op::bool_var) return t;
  if (const Cell& c = cell(t); c.simpler_stamp == version_) return c.simpler;
  const Term* cond = t->op == Op::ite ? simplify(t->cond) : nullptr;
  if (cond && cond->constant()) return simplify(cond->value ? t->a : t->b);
  const Term* a = simplify(t->a);
  const Term* s = rebuild(t, a, t->b ? simplify(t->b) : nullptr, cond);
  Cell& c = cell(t);
  c.simpler_stamp = version_;
  return c.simpler = s;
}

const Term* Knowledge::rebuild(const Term* t, const Term* a, const Term* b, const Term* cond) {
  if (a == t->a && b == t->b && cond == t->condition()) return t;
  const unsigned n = static_cast<unsigned>(t->value);
  switch (t->op) {
    case Op::band: return arena_->band(a, b);
    case Op::bor: return arena_->bor(a, b);
    case Op::bxor: return arena_->bxor(a, b);
    case Op::add: return arena_->add(a, b);
    case Op::sub: return arena_->sub(a, b);
    case Op::shl: return arena_->shl(a, n);
    case Op::lshr: return arena_->lshr(a, n);
    case Op::ite: return arena_->ite(cond, a, b);
    case Op::eq: return arena_->eq(a, b);
    case Op::ult: return arena_->ult(a, b);
    case Op::conj: return arena_->conj(a, b);
    case Op::neg: return arena_->neg(a);
    default: return t;
  }
}

const Term* Knowledge::ground(const Term* t) {
  if (t->constant()) return t;
  if (t->op == Op::word_var || t->op == Op::bool_var) {
    const Cell& c = cell(t);
    if (c.fact.known() == 0) return t;
    if (t->op == Op::bool_var) return arena_->truth(c.fact.ones & 1);
    const KnownBits k = c.fact;
    return arena_->bor(arena_->band(t, arena_->word(~k.known())), arena_->word(k.ones));
  }
  if (const Cell& c = cell(t); c.grounded_stamp == version_) return c.grounded;
  const Term* cond = t->op == Op::ite ? ground(t->cond) : nullptr;
  const Term* a = ground(t->a);
  const Term* s = rebuild(t, a, t->b ? ground(t->b) : nullptr, cond);
  Cell& c = cell(t);
  c.grounded_stamp = version_;
  return c.grounded = s;
}

Knowledge::Truth Knowledge::infer(const Term* condition) {
  const KnownBits k = bits(condition);
  if (k.ones & 1) return Truth::yes;
  return k.zeros & 1 ? Truth::no : Truth::open;
}

void Knowledge::refine(const Term* t, std::uint64_t mask, std::uint64_t value) {
  if (t->constant()) return;
  mask &= ~t->bits.known();
  Cell& c = cell(t);
  mask &= ~c.fact.known();
  if (mask == 0) return;
  undo_.push_back({t->id, c.fact});
  c.fact.zeros |= mask & ~value;
  c.fact.ones |= mask & value;
  derived_is_stale();
  switch (t->op) {
    case Op::band:
      // A one needs both; a zero blames one side only where the other is one.
      refine(t->a, mask & (value | bits(t->b).ones), value);
      refine(t->b, mask & (value | bits(t->a).ones), value);
      break;
    case Op::bor:
      refine(t->a, mask & (~value | bits(t->b).zeros), value);
      refine(t->b, mask & (~value | bits(t->a).zeros), value);
      break;
    case Op::bxor:
      if (t->b->constant()) refine(t->a, mask, value ^ t->b->value);
      break;
    case Op::shl: refine(t->a, mask >> t->value, value >> t->value); break;
    case Op::lshr: refine(t->a, mask << t->value, value << t->value); break;
    case Op::ite: {
      const Truth c = infer(t->cond);
      if (c == Truth::yes) refine(t->a, mask, value);
      if (c == Truth::no) refine(t->b, mask, value);
      break;
    }
    default: break;
  }
}

void Knowledge::refine_high(const Term* word, std::uint64_t most) {
  if (const int n = std::countl_zero(most); n > 0) refine(word, ~(~std::uint64_t{0} >> n), 0);
}

void Knowledge::learn(const Term* t, bool value) {
  if (t->constant()) return;
  if (Cell& c = cell(t); c.fact.known() == 0) {
    undo_.push_back({t->id, c.fact});
    c.fact = transfer(Op::truth, value, {}, {}, {});
    derived_is_stale();
  }
  switch (t->op) {
    case Op::neg: learn(t->a, !value); break;
    case Op::conj:
      if (value) {
        learn(t->a, true);
        learn(t->b, true);
      } else {
        if (implies(t->a)) learn(t->b, false);
        else if (implies(t->b)) learn(t->a, false);
      }
      break;
    case Op::eq:
      if (!t->b->constant()) break;
      if (value) {
        refine(t->a, ~std::uint64_t{0}, t->b->value);
      } else {
        // Unequal because of the one open bit, unless a known bit already differs.
        const KnownBits k = bits(t->a);
        const std::uint64_t c = t->b->value, open = ~k.known();
        if (std::has_single_bit(open) && ((k.zeros & c) | (k.ones & ~c)) == 0)
          refine(t->a, open, ~c);
      }
      break;
    case Op::ult:
      // Below c: no bit above those of c - 1.
      if (value && t->b->constant()) {
        refine_high(t->a, t->b->value - 1);
        // So w - 1 < c, which is how conj() writes 0 < w && w <= c, leaves w no bit above those of c.
        if (t->a->op == Op::add && t->a->b->constant() && t->a->b->value == ~std::uint64_t{0}) refine_high(t->a->a, t->b->value);
      }
      break;
    default: break;
  }
}

}  // namespace gupdiff
