// SPDX-License-Identifier: GPL-2.0-only
// The theorems about memory that is not hugetlb. VmaKind, folio orders and levels are
// concrete, so each kind of memory is a theorem; in it, everything else is symbolic.
#include "proofs/generic_theorems.hpp"

#include "model/arch/geometry_name.hpp"
#include "proofs/generic_world.hpp"
#include "scenario/entry_shape.hpp"

namespace gupdiff {
namespace {

using W = SymbolicWord;
using B = SymbolicCond;

/// One page of anonymous memory in a VMA of a whole PMD span, anywhere in it.
Setting pte_anon(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, VmaKind::anonymous);
  b.vma(W(b.base()), W(b.base() + b.pmd_span()));
  const int small = b.folio("anon", 0, true);
  b.tables_down_to(Level::pud);
  b.pmd_table(0);
  const W address = b.word("offset", b.pmd_span() - 1) | b.base();
  const std::uint64_t zero = b.g().zero_pfn;
  b.entry("pte", Level::pte, address >> b.g().page_shift,
          {{small, W(b.g().default_pfn(static_cast<std::uint64_t>(small)))}, {kZeroFolio, W(zero), true}});
  b.environment();
  b.request(address, 1);
  return b.take();
}

/// One page of a transparent huge page.
Setting thp_anon(TermArena& arena, const Cell& cell, std::uint8_t) {
  GenericWorld b(arena, cell, VmaKind::anonymous);
  b.vma(W(b.base()), W(b.base() + b.pmd_span()));
  const int huge = b.folio("anon", b.g().leaf_order(Level::pmd), true);
  b.tables_down_to(Level::pud);
  b.entry("pmd", Level::pmd, W(b.base() >> b.g().shift(Level::pmd)),
          {{huge, W(b.g().default_pfn(static_cast<std::uint64_t>(huge)))}, {kHugeZeroFolio, W(b.g().huge_zero_pfn)}});
  b.environment();
  b.request(b.word("offset", b.pmd_span() - 1) | b.base(), 1);
  return b.take();
}

constexpr std::string_view kWays[] = {"pages==NULL", "FOLL_GET", "FOLL_PIN"};

struct Sort {
  std::string_view name, summary;
  Setting (*build)(TermArena&, const Cell&, std::uint8_t);
};
constexpr Sort kSorts[] = {
    {"pte-anon/one-page", "one page of anonymous memory mapped by PTE", pte_anon},
    {"thp-anon/one-page", "one page at any offset of an anonymous huge page", thp_anon},
};

}  // namespace

void add_generic_theorems(std::vector<Theorem>& out, Architecture arch, std::uint8_t variant) {
  const Config config = usual_config(arch, variant);
  if (arch != Architecture::x86_64) return;
  for (const Sort& s : kSorts) {
    Theorem t;
    t.arch = geometry_name(config);
    t.name = s.name;
    t.summary = s.summary;
    t.build = s.build;
    for (const Wanted w : {Wanted::nothing, Wanted::get, Wanted::pin}) {
      Cell c;
      c.name = std::string(kWays[static_cast<int>(w)]);
      c.config = config;
      c.wanted = w;
      t.cells.push_back(std::move(c));
    }
    out.push_back(std::move(t));
  }
}

}  // namespace gupdiff
