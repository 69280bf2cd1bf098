// SPDX-License-Identifier: GPL-2.0-only
// Constructors of terms: each simplifies locally before it interns. Canonical
// forms: constants on the right, masks pushed inwards to the variable, a masked
// comparison with a constant as (x & m) == c, one unknown bit always against 0.
#include <bit>
#include <utility>

#include "proofs/term.hpp"

namespace gupdiff {
namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};

bool is(const Term* t, Op op) { return t->op == op; }
bool constant_right(const Term* t) { return t->b && t->b->op == Op::constant; }
/// A select with a constant on at least one side: worth pushing an operation into.
bool half_constant(const Term* t) {
  return t->op == Op::ite && (t->a->constant() || t->b->constant());
}
/// Puts a constant on the right, else orders by structure (same in every arena).
void order(const Term*& a, const Term*& b) {
  if (a->constant() || (!b->constant() && b->hash < a->hash)) std::swap(a, b);
}

/// `t` as base + offset where the sum cannot be told from an or.
struct Split {
  const Term* base;
  std::uint64_t offset;
};
Split split(const Term* t) {
  if (is(t, Op::add) && constant_right(t)) return {t->a, t->b->value};
  if (is(t, Op::bor) && constant_right(t) && (t->a->bits.most() & t->b->value) == 0)
    return {t->a, t->b->value};
  return {t, 0};
}

}  // namespace

const Term* TermArena::band(const Term* a, const Term* b) {
  order(a, b);
  if (a == b) return a;
  if (!b->constant()) return make(Op::band, 0, a, b);
  std::uint64_t m = b->value & a->bits.most();
  if (m == 0) return word(0);
  if (m == a->bits.most()) return a;
  if (half_constant(a)) return ite(a->cond, band(a->a, word(m)), band(a->b, word(m)));
  switch (a->op) {
    case Op::constant: return word(a->value & m);
    case Op::band:
      if (constant_right(a)) return band(a->a, word(m & a->b->value));
      break;
    case Op::bor:
      if (constant_right(a)) {
        const std::uint64_t c = a->b->value;
        return bor(band(a->a, word(m & ~c)), word(c & m));
      }
      if ((a->a->bits.most() & m) == 0) return band(a->b, word(m));
      if ((a->b->bits.most() & m) == 0) return band(a->a, word(m));
      break;
    case Op::bxor:
      if (constant_right(a)) return bxor(band(a->a, word(m)), word(a->b->value & m));
      break;
    case Op::shl: return shl(band(a->a, word(m >> a->value)), static_cast<unsigned>(a->value));
    case Op::lshr: return lshr(band(a->a, word(m << a->value)), static_cast<unsigned>(a->value));
    default: break;
  }
  return make(Op::band, 0, a, word(m));
}

const Term* TermArena::bor(const Term* a, const Term* b) {
  order(a, b);
  if (a == b) return a;
  if (b->constant()) {
    const std::uint64_t c = b->value & ~a->bits.ones;
    if (c == 0) return a;
    if (half_constant(a)) return ite(a->cond, bor(a->a, word(c)), bor(a->b, word(c)));
    if (is(a, Op::constant)) return word(a->value | c);
    if (is(a, Op::bor) && constant_right(a)) return bor(a->a, word(a->b->value | c));
    if (is(a, Op::band) && constant_right(a) && (a->b->value & c))
      return bor(band(a->a, word(a->b->value & ~c)), word(c));
    return make(Op::bor, 0, a, word(c));
  }
  // Two masks of one word are one mask.
  const Term* x = is(a, Op::band) && constant_right(a) ? a->a : a;
  const Term* y = is(b, Op::band) && constant_right(b) ? b->a : b;
  if (x == y) {
    const std::uint64_t mx = x == a ? kAll : a->b->value, my = y == b ? kAll : b->b->value;
    return band(x, word(mx | my));
  }
  return make(Op::bor, 0, a, b);
}

const Term* TermArena::bxor(const Term* a, const Term* b) {
  order(a, b);
  if (a == b) return word(0);
  if (b->constant()) {
    if (b->value == 0) return a;
    if (is(a, Op::constant)) return word(a->value ^ b->value);
    if (half_constant(a)) return ite(a->cond, bxor(a->a, b), bxor(a->b, b));
    if (is(a, Op::bxor) && constant_right(a)) return bxor(a->a, word(a->b->value ^ b->value));
  }
  return make(Op::bxor, 0, a, b);
}

const Term* TermArena::add(const Term* a, const Term* b) {
  order(a, b);
  if (b->constant()) {
    const std::uint64_t c = b->value;
    if (c == 0) return a;
    if (is(a, Op::constant)) return word(a->value + c);
    if (is(a, Op::add) && constant_right(a)) return add(a->a, word(a->b->value + c));
    if (is(a, Op::sub) && is(a->a, Op::constant)) return sub(word(a->a->value + c), a->b);
    if (half_constant(a)) return ite(a->cond, add(a->a, b), add(a->b, b));
    // Known bits absorb the constant where no carry can reach an unknown bit.
    const std::uint64_t unknown = ~a->bits.known(), s = a->bits.ones + c;
    if ((s & unknown) == 0) return bor(band(a, word(unknown)), word(s));
    return make(Op::add, 0, a, b);
  }
  if ((a->bits.most() & b->bits.most()) == 0) return bor(a, b);
  if (is(a, Op::add) && constant_right(a)) return add(add(a->a, b), a->b);
  if (is(b, Op::add) && constant_right(b)) return add(add(a, b->a), b->b);
  if (is(a, Op::sub) && a->b == b) return a->a;
  if (is(b, Op::sub) && b->b == a) return b->a;
  return make(Op::add, 0, a, b);
}

const Term* TermArena::sub(const Term* a, const Term* b) {
  if (a == b) return word(0);
  if (b->constant()) return add(a, word(std::uint64_t{0} - b->value));
  const Split x = split(a), y = split(b);
  if (x.base == y.base) return word(x.offset - y.offset);
  if (x.offset != 0 || y.offset != 0) {
    if (a->constant()) return make(Op::sub, 0, word(a->value - y.offset), y.base);
    return add(sub(x.base, y.base), word(x.offset - y.offset));
  }
  return make(Op::sub, 0, a, b);
}

const Term* TermArena::shl(const Term* a, unsigned n) {
  if (n == 0) return a;
  if (n >= 64) return word(0);
  if (half_constant(a)) return ite(a->cond, shl(a->a, n), shl(a->b, n));
  switch (a->op) {
    case Op::constant: return word(a->value << n);
    case Op::shl: return shl(a->a, static_cast<unsigned>(a->value) + n);
    case Op::lshr: {
      const unsigned k = static_cast<unsigned>(a->value);
      const Term* x = band(a->a, word(kAll << k));
      return n >= k ? shl(x, n - k) : lshr(x, k - n);
    }
    case Op::bor:
      if (constant_right(a)) return bor(shl(a->a, n), word(a->b->value << n));
      break;
    case Op::bxor:
      if (constant_right(a)) return bxor(shl(a->a, n), word(a->b->value << n));
      break;
    default: break;
  }
  // Bits that fall off the top are not part of it.
  const Term* kept = band(a, word(kAll >> n));
  if (kept != a && !is(kept, Op::band)) return shl(kept, n);
  return make(Op::shl, n, kept);
}

const Term* TermArena::lshr(const Term* a, unsigned n) {
  if (n == 0) return a;
  if (n >= 64) return word(0);
  if (half_constant(a)) return ite(a->cond, lshr(a->a, n), lshr(a->b, n));
  switch (a->op) {
    case Op::constant: return word(a->value >> n);
    case Op::lshr: return lshr(a->a, static_cast<unsigned>(a->value) + n);
    case Op::shl: {
      const unsigned k = static_cast<unsigned>(a->value);
      const Term* x = band(a->a, word(kAll >> k));
      return n >= k ? lshr(x, n - k) : shl(x, k - n);
    }
    case Op::bor:
      if (constant_right(a)) return bor(lshr(a->a, n), word(a->b->value >> n));
      break;
    case Op::bxor:
      if (constant_right(a)) return bxor(lshr(a->a, n), word(a->b->value >> n));
      break;
    default: break;
  }
  const Term* kept = band(a, word(kAll << n));
  if (kept != a && !is(kept, Op::band)) return lshr(kept, n);
  return make(Op::lshr, n, kept);
}

const Term* TermArena::ite(const Term* cond, const Term* a, const Term* b) {
  if (cond->constant()) return cond->value ? a : b;
  if (a == b) return a;
  if (is(cond, Op::neg)) return ite(cond->a, b, a);
  if (is(a, Op::ite) && a->cond == cond) return ite(cond, a->a, b);
  if (is(b, Op::ite) && b->cond == cond) return ite(cond, a, b->b);
  return make(Op::ite, 0, a, b, cond);
}

const Term* TermArena::eq(const Term* a, const Term* b) {
  order(a, b);
  if (a == b) return truth(true);
  if (b->constant()) return eq_constant(a, b->value);
  const Split x = split(a), y = split(b);
  if (x.base == y.base) return truth(x.offset == y.offset);
  return make(Op::eq, 0, a, b);
}

const Term* TermArena::eq_constant(const Term* a, std::uint64_t c) {
  if ((a->bits.zeros & c) | (a->bits.ones & ~c)) return truth(false);
  const std::uint64_t unknown = ~a->bits.known();
  if (unknown == 0) return truth(true);
  switch (a->op) {
    case Op::add:
      if (constant_right(a)) return eq_constant(a->a, c - a->b->value);
      break;
    case Op::sub:
      if (is(a->a, Op::constant)) return eq_constant(a->b, a->a->value - c);
      if (c == 0) return eq(a->a, a->b);
      break;
    case Op::bxor:
      if (constant_right(a)) return eq_constant(a->a, c ^ a->b->value);
      break;
    case Op::bor:
      if (constant_right(a))
        return eq_constant(band(a->a, word(~a->b->value)), c & ~a->b->value);
      if (c == 0) return eq_constant_in_parts(a, c);
      break;
    case Op::shl: return eq_constant(band(a->a, word(kAll >> a->value)), c >> a->value);
    case Op::lshr: return eq_constant(band(a->a, word(kAll << a->value)), c << a->value);
    case Op::ite: return eq_constant_in_parts(a, c);
    case Op::band:
      if (constant_right(a)) {
        const Term* x = a->a;
        if (unknown != a->b->value) return eq_constant(band(x, word(unknown)), c & unknown);
        if (is(x, Op::ite) || (is(x, Op::bor) && c == 0)) return eq_constant_in_parts(a, c);
      }
      break;
    default: break;
  }
  if (std::has_single_bit(unknown) && (c & unknown)) return neg(eq_constant(a, c ^ unknown));
  return make(Op::eq, 0, a, word(c));
}

/// a == c where that is a comparison of each of two parts.
const Term* TermArena::eq_constant_in_parts(const Term* a, std::uint64_t c) {
  const Compared key{a->id, c};
  if (const auto known = compared_.find(key); known != compared_.end()) return known->second;
  const Term* x = is(a, Op::band) ? a->a : a;
  const auto part = [&](const Term* of) { return eq_constant(x == a ? of : band(of, a->b), c); };
  const Term* out = is(x, Op::ite) ? ite_bool(x->cond, part(x->a), part(x->b)) : conj(part(x->a), part(x->b));
  compared_.emplace(key, out);
  return out;
}

const Term* TermArena::ult(const Term* a, const Term* b) {
  if (a == b) return truth(false);
  if (a->bits.most() < b->bits.least()) return truth(true);
  if (a->bits.least() >= b->bits.most()) return truth(false);
  if (a->constant()) return neg(ult(b, word(a->value + 1)));  // not all-ones: decided above
  if (b->constant()) {
    const std::uint64_t c = b->value;
    if (half_constant(a)) return ite_bool(a->cond, ult(a->a, b), ult(a->b, b));
    if (is(a, Op::lshr) && (c << a->value) >> a->value == c)
      return ult(a->a, word(c << a->value));
    if (c == 1) return eq_constant(a, 0);
  }
  return make(Op::ult, 0, a, b);
}

const Term* TermArena::conj(const Term* a, const Term* b) {
  order(a, b);
  if (b->constant()) return b->value ? a : b;
  if (a == b) return a;
  for (auto [x, y] : {std::pair{a, b}, std::pair{b, a}}) {
    // 0 < w && w < c is one comparison of w - 1.
    if (is(x, Op::neg) && is(x->a, Op::eq) && is(y, Op::ult) && y->b->constant() &&
        x->a->a == y->a && x->a->b == word(0))
      return ult(add(y->a, word(~std::uint64_t{0})), word(y->b->value - 1));
    if (is(x, Op::neg)) {
      if (x->a == y) return truth(false);
      // y && !(y && z) is y && !z.
      if (const Term* n = x->a; is(n, Op::conj)) {
        if (n->a == y) return conj(y, neg(n->b));
        if (n->b == y) return conj(y, neg(n->a));
      }
    }
    if (is(x, Op::conj)) {
      if (x->a == y || x->b == y) return x;
      const Term* not_y = neg(y);
      if (x->a == not_y || x->b == not_y) return truth(false);
    }
  }
  return make(Op::conj, 0, a, b);
}

const Term* TermArena::neg(const Term* a) {
  if (a->constant()) return truth(!a->value);
  if (is(a, Op::neg)) return a->a;
  return make(Op::neg, 0, a);
}

const Term* TermArena::ite_bool(const Term* cond, const Term* a, const Term* b) {
  if (a == b) return a;
  if (cond->constant()) return cond->value ? a : b;
  return disj(conj(cond, a), conj(neg(cond), b));
}

}  // namespace gupdiff
