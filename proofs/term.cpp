// SPDX-License-Identifier: GPL-2.0-only
// The term arena: interning, known bits of a node from its operands, and the
// bits of the variables a condition depends on. Simplification is simplify.cpp.
#include "proofs/term.hpp"

#include <algorithm>
#include <bit>
#include <map>

namespace gupdiff {
namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr unsigned kAppliedBits = 14;  // a mebibyte: what a second-level cache holds

std::uint64_t mix(std::uint64_t h, std::uint64_t v) {
  h ^= v + 0x9e3779b97f4a7c15ull + (h << 6) + (h >> 2);
  h *= 0xff51afd7ed558ccdull;
  return h ^ (h >> 32);
}

/// Sum with carry-in, after the ripple-carry argument: a sum bit is known where
/// both operand bits and the carry into it are.
KnownBits sum(KnownBits a, KnownBits b, std::uint64_t carry) {
  const std::uint64_t most = ~a.zeros + ~b.zeros + carry;
  const std::uint64_t least = a.ones + b.ones + carry;
  const std::uint64_t carry_zero = ~(most ^ a.zeros ^ b.zeros);
  const std::uint64_t carry_one = least ^ a.ones ^ b.ones;
  const std::uint64_t known = a.known() & b.known() & (carry_zero | carry_one);
  return {~most & known, least & known};
}

constexpr KnownBits kTrue{kAll - 1, 1}, kFalse{kAll, 0}, kUnknownTruth{kAll - 1, 0};

}  // namespace

KnownBits transfer(Op op, std::uint64_t value, KnownBits a, KnownBits b, KnownBits cond) {
  switch (op) {
    case Op::constant:
    case Op::truth: return {~value, value};
    case Op::word_var: return {};
    case Op::bool_var: return kUnknownTruth;
    case Op::band: return {a.zeros | b.zeros, a.ones & b.ones};
    case Op::bor: return {a.zeros & b.zeros, a.ones | b.ones};
    case Op::bxor:
      return {(a.zeros & b.zeros) | (a.ones & b.ones), (a.zeros & b.ones) | (a.ones & b.zeros)};
    case Op::add: return sum(a, b, 0);
    case Op::sub: return sum(a, {b.ones, b.zeros}, 1);
    case Op::shl: return {(a.zeros << value) | ~(kAll << value), a.ones << value};
    case Op::lshr: return {(a.zeros >> value) | ~(kAll >> value), a.ones >> value};
    case Op::ite:
      if (cond.ones & 1) return a;
      if (cond.zeros & 1) return b;
      return {a.zeros & b.zeros, a.ones & b.ones};
    case Op::eq:
      if ((a.zeros & b.ones) | (a.ones & b.zeros)) return kFalse;
      return a.constant() && b.constant() ? kTrue : kUnknownTruth;
    case Op::ult:
      if (a.most() < b.least()) return kTrue;
      return a.least() >= b.most() ? kFalse : kUnknownTruth;
    case Op::conj:
      if ((a.zeros | b.zeros) & 1) return kFalse;
      return a.ones & b.ones & 1 ? kTrue : kUnknownTruth;
    case Op::neg: return {(kAll - 1) | (a.ones & 1), a.zeros & 1};
  }
  return {};
}

TermArena::TermArena() : applied_(std::size_t{1} << kAppliedBits), table_(1u << 12, nullptr) {
  false_ = make(Op::truth, 0);
  true_ = make(Op::truth, 1);
}

const Term* TermArena::word(std::uint64_t value) { return make(Op::constant, value); }

const Term* TermArena::word_variable(std::string_view name) {
  const Term* t = make(Op::word_var, variables_.size());
  variables_.push_back({std::string(name), t, false});
  return t;
}

const Term* TermArena::bool_variable(std::string_view name) {
  const Term* t = make(Op::bool_var, variables_.size());
  variables_.push_back({std::string(name), t, true});
  return t;
}

const Term* TermArena::make(Op op, std::uint64_t value, const Term* a, const Term* b,
                            const Term* cond) {
  std::uint64_t h = mix(static_cast<std::uint64_t>(op) + 1, value);
  if (a) h = mix(h, a->hash);
  if (b) h = mix(h, b->hash);
  if (cond) h = mix(h, cond->hash);
  const std::size_t mask = table_.size() - 1;
  std::size_t i = h & mask;
  for (; table_[i]; i = (i + 1) & mask) {
    const Term* t = table_[i];
    if (t->hash == h && t->op == op && t->a == a && t->b == b && (op == Op::ite ? t->cond == cond : t->value == value)) return t;
  }
  const KnownBits none{};
  const KnownBits bits = transfer(op, value, a ? a->bits : none, b ? b->bits : none,
                                  cond ? cond->bits : none);
  const bool boolean = op >= Op::truth;
  if (op != Op::constant && op != Op::truth && bits.constant())
    return boolean ? truth(bits.ones & 1) : word(bits.ones);
  if (size_ % kBlockTerms == 0) {
    blocks_.push_back(std::make_unique_for_overwrite<Block>());
    blocks_.back()->arena = this;
  }
  Term& t = blocks_.back()->terms[size_ % kBlockTerms];
  t.a = a;
  t.b = b;
  if (op == Op::ite) t.cond = cond;
  else t.value = value;
  t.bits = bits;
  t.hash = h;
  t.id = size_++;
  t.op = op;
  const bool variable = op == Op::word_var || op == Op::bool_var;
  t.variables = variable ? std::uint64_t{1} << value % 64 : 0;
  for (const Term* part : {a, b, cond})
    if (part) t.variables |= part->variables;
  table_[i] = &t;
  if (size_ * 2 > table_.size()) grow();
  return &t;
}

Operand TermArena::apply(Op op, Operand a, Operand b, const Term* cond) {
  // Addresses, since a look at the operands' own lines would cost more than all else here. They differ from run to
  // run, and with them what is forgotten; what comes out does not.
  const auto hash = [](Operand o) { return reinterpret_cast<std::uintptr_t>(o.term) / sizeof(Term) + o.value * 0x9e3779b97f4a7c15ull; };
  std::uint64_t h = (hash(a) * 0x9e3779b97f4a7c15ull + hash(b)) * 0xff51afd7ed558ccdull + static_cast<std::uint64_t>(op);
  h = (h + reinterpret_cast<std::uintptr_t>(cond) / sizeof(Term)) * 0xc4ceb9fe1a85ec53ull;
  Applied& place = applied_[h >> (64 - kAppliedBits)];
  if (place.op != op || place.a != a || place.b != b || place.cond != cond) {
    const Term* t = construct(op, a, b, cond);
    place = {a, b, t->constant() ? Operand{nullptr, t->value} : Operand{t, 0}, cond, op};
  }
  return place.result;
}

const Term* TermArena::construct(Op op, Operand a, Operand b, const Term* cond) {
  const auto term = [&](Operand o) { return o.term ? o.term : word(o.value); };
  switch (op) {
    case Op::band: return band(term(a), term(b));
    case Op::bor: return bor(term(a), term(b));
    case Op::bxor: return bxor(term(a), term(b));
    case Op::add: return add(term(a), term(b));
    case Op::sub: return sub(term(a), term(b));
    case Op::shl: return shl(a.term, static_cast<unsigned>(b.value));
    case Op::lshr: return lshr(a.term, static_cast<unsigned>(b.value));
    case Op::ite: return ite(cond, term(a), term(b));
    case Op::eq: return eq(term(a), term(b));
    case Op::ult: return ult(term(a), term(b));
    case Op::conj: return conj(a.term, b.term);
    case Op::neg: return neg(a.term);
    case Op::constant:
    case Op::word_var:
    case Op::truth:
    case Op::bool_var: break;
  }
  return false_;
}

void TermArena::grow() {
  std::vector<const Term*> bigger(table_.size() * 2, nullptr);
  const std::size_t mask = bigger.size() - 1;
  for (std::uint32_t id = 0; id < size_; ++id) {
    const Term* t = at(id);
    std::size_t i = t->hash & mask;
    while (bigger[i]) i = (i + 1) & mask;
    bigger[i] = t;
  }
  table_ = std::move(bigger);
}

const std::vector<Dependence>& TermArena::dependences(const Term* condition) {
  if (dependence_index_.size() < size_) dependence_index_.resize(size_, -1);
  if (const std::int32_t i = dependence_index_[condition->id]; i >= 0) return dependences_[i];

  // Demanded bits, from the condition down; operands have smaller ids, so
  // taking the largest id first visits each node once with its whole demand.
  std::map<std::uint32_t, std::uint64_t, std::greater<>> demand{{condition->id, 1}};
  std::vector<Dependence> found;
  auto want = [&](const Term* t, std::uint64_t mask) {
    mask &= ~t->bits.known();
    if (mask) demand[t->id] |= mask;
  };
  while (!demand.empty()) {
    const auto [id, mask] = *demand.begin();
    demand.erase(demand.begin());
    const Term* t = at(id);
    switch (t->op) {
      case Op::constant:
      case Op::truth: break;
      case Op::word_var:
      case Op::bool_var: found.push_back({static_cast<std::uint32_t>(t->value), mask}); break;
      case Op::band:
        want(t->a, mask & ~t->b->bits.zeros);
        want(t->b, mask & ~t->a->bits.zeros);
        break;
      case Op::bor:
        want(t->a, mask & ~t->b->bits.ones);
        want(t->b, mask & ~t->a->bits.ones);
        break;
      case Op::bxor:
        want(t->a, mask);
        want(t->b, mask);
        break;
      case Op::add:
      case Op::sub: {
        // A sum bit depends on every bit at or below it.
        const std::uint64_t below = kAll >> std::countl_zero(mask);
        want(t->a, below);
        want(t->b, below);
        break;
      }
      case Op::shl: want(t->a, mask >> t->value); break;
      case Op::lshr: want(t->a, mask << t->value); break;
      case Op::ite:
        want(t->cond, 1);
        want(t->a, mask);
        want(t->b, mask);
        break;
      case Op::eq:
      case Op::ult:
        want(t->a, kAll);
        want(t->b, kAll);
        break;
      case Op::conj:
        want(t->a, 1);
        want(t->b, 1);
        break;
      case Op::neg: want(t->a, 1); break;
    }
  }
  std::sort(found.begin(), found.end(), [](auto& x, auto& y) { return x.var < y.var; });
  dependence_index_[condition->id] = static_cast<std::int32_t>(dependences_.size());
  dependences_.push_back(std::move(found));
  return dependences_.back();
}

}  // namespace gupdiff
