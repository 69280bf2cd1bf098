// SPDX-License-Identifier: GPL-2.0-only
// Sentences for differences: one comparison per facet, in the facet's own order.
#include "oracle/difference.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace gupdiff {
namespace {

using M = Machine<Concrete>;

std::string_view level_name(Level l) {
  constexpr std::string_view names[] = {"pte", "pmd", "pud", "p4d", "pgd", "hugepte"};
  return names[static_cast<int>(l)];
}

std::string errno_text(int e) {
  struct Name {
    int number;
    const char* name;
  };
  static constexpr Name names[] = {{E_INTR, "EINTR"},       {E_AGAIN, "EAGAIN"},   {E_NOMEM, "ENOMEM"},
                                   {E_FAULT, "EFAULT"},     {E_BUSY, "EBUSY"},     {E_EXIST, "EEXIST"},
                                   {E_INVAL, "EINVAL"},     {E_MLINK, "EMLINK"},   {E_OPNOTSUPP, "EOPNOTSUPP"},
                                   {E_REMOTEIO, "EREMOTEIO"}, {E_HWPOISON, "EHWPOISON"}};
  for (const auto& n : names)
    if (n.number == e) return fmt::format("-{}", n.name);
  return fmt::format("-{}", e);
}

/// Frame of position `p` of the output, or nothing stored.
std::uint64_t frame_at(const M& m, std::uint32_t p, bool& stored) {
  for (const auto& r : m.pages)
    if (p >= r.index && p < r.index + r.count) {
      stored = true;
      return r.pfn + (p - r.index);
    }
  stored = false;
  return 0;
}

std::uint32_t pages_end(const M& m) { return m.pages.empty() ? 0 : m.pages.back().index + m.pages.back().count; }

struct Names {
  std::string_view a, b;
};

/// What a walk stored as one page: "page 3 of its folio (frame 0x80003)".
std::string page_text(const M& m, bool stored, std::uint64_t frame) {
  if (!stored) return "nothing";
  const int i = m.find_folio(frame);
  if (i < 0) return fmt::format("frame {:#x}, in no folio", frame);
  return fmt::format("page {} of its folio (frame {:#x})", frame - m.w.folios[i].pfn, frame);
}

Difference result_difference(const World<Concrete>& initial, const M& a, const M& b, Names n) {
  if (a.termination != b.termination || (!a.halted() && a.ret != b.ret))
    return {fmt::format("{}: {}; {}: {}", n.a, outcome_text(a), n.b, outcome_text(b)),
            fmt::format("outcome {} {}", a.halted() || a.ret >> 63 ? outcome_text(a) : "pages",
                        b.halted() || b.ret >> 63 ? outcome_text(b) : "pages")};
  if (a.now_locked != b.now_locked)
    return {fmt::format("*locked is {} after {} and {} after {}", a.now_locked, n.a, b.now_locked, n.b), "locked"};
  const std::uint32_t end = std::max(pages_end(a), pages_end(b));
  for (std::uint32_t p = 0; p < end; ++p) {
    bool sa = false, sb = false;
    const std::uint64_t fa = frame_at(a, p, sa), fb = frame_at(b, p, sb);
    if (sa != sb || fa != fb) {
      const Geometry& g = geometry_of(initial.config);
      const std::uint64_t address = (initial.request.start & g.page_mask()) + (std::uint64_t{p} << g.page_shift);
      return {fmt::format("for {:#x} {} returns {}, {} returns {}", address, n.a, page_text(a, sa, fa), n.b,
                          page_text(b, sb, fb)),
              "page"};
    }
  }
  for (std::size_t i = 0; i < std::min(a.w.folios.size(), b.w.folios.size()); ++i) {
    const auto &x = a.w.folios[i], &y = b.w.folios[i];
    if (x.refcount != y.refcount)
      return {fmt::format("folio {}: refcount {} after {}, {} after {}", i, static_cast<std::int64_t>(x.refcount), n.a,
                          static_cast<std::int64_t>(y.refcount), n.b),
              "refcount"};
    if (x.pincount != y.pincount)
      return {fmt::format("folio {}: pincount {} after {}, {} after {}", i, x.pincount, n.a, y.pincount, n.b),
              "pincount"};
  }
  return {fmt::format("{} folios after {}, {} after {}", a.w.folios.size(), n.a, b.w.folios.size(), n.b), "number of folios"};
}

Difference fault_difference(const M& a, const M& b, Names n) {
  for (std::size_t i = 0; i < std::max(a.faults.size(), b.faults.size()); ++i) {
    if (i >= a.faults.size() || i >= b.faults.size()) {
      const bool in_b = i < b.faults.size();
      const auto& f = in_b ? b.faults[i] : a.faults[i];
      return {fmt::format("only {} faults a {}. time: address {:#x}, flags {:#x}", in_b ? n.b : n.a, i + 1, f.address,
                          f.flags),
              fmt::format("fault only in {}", in_b ? "new" : "old")};
    }
    const auto &x = a.faults[i], &y = b.faults[i];
    if (x.address != y.address || x.flags != y.flags || x.result != y.result)
      return {fmt::format("fault {}: {} at {:#x} flags {:#x} gives {:#x}; {} at {:#x} flags {:#x} gives {:#x}", i + 1,
                          n.a, x.address, x.flags, x.result, n.b, y.address, y.flags, y.result),
              "fault"};
  }
  return {};
}

Difference entry_difference(const M& a, const M& b, Names n) {
  for (int l = kSlotLists - 1; l >= 0; --l) {
    const Level level = static_cast<Level>(l);
    for (const M* side : {&a, &b})
      for (const auto& s : side->w.slots[l])
        for (std::uint32_t k = 0; k < s.count; ++k) {
          const std::uint64_t address = (s.first + k) << a.arch.shift(level);
          const std::uint64_t x = a.peek(level, address), y = b.peek(level, address);
          if (x != y)
            return {fmt::format("{} entry of {:#x}: {:#018x} after {}, {:#018x} after {}", level_name(level), address,
                                x, n.a, y, n.b),
                    fmt::format("{} entry", level_name(level))};
        }
  }
  return {};
}

Difference effect_difference(const World<Concrete>&, const M& a, const M& b, Names n) {
  if (a.termination != b.termination)
    return {fmt::format("{}: {}; {}: {}", n.a, outcome_text(a), n.b, outcome_text(b)),
            fmt::format("termination {} {}", termination_name(a.termination), termination_name(b.termination))};
  if (a.warns != b.warns)
    return {fmt::format("warnings {:#x} in {}, {:#x} in {}", a.warns, n.a, b.warns, n.b),
            fmt::format("warnings {:#x}", a.warns ^ b.warns)};
  if (auto d = fault_difference(a, b, n); !d.sentence.empty()) return d;
  if (auto d = entry_difference(a, b, n); !d.sentence.empty()) return d;
  for (std::size_t i = 0; i < std::min(a.w.folios.size(), b.w.folios.size()); ++i) {
    const auto &x = a.w.folios[i], &y = b.w.folios[i];
    if (x.anon != y.anon || x.exclusive != y.exclusive || x.dirty != y.dirty || x.referenced != y.referenced ||
        x.mapcount != y.mapcount || x.pfn != y.pfn)
      return {fmt::format("folio {} differs in its flags or map count", i), "folio flags"};
  }
  return {"the environment is left differently", "environment"};
}

std::string access_text(const Access<Concrete>& x) {
  const char* what = kAccessNames[static_cast<int>(x.kind)];
  if (!is_of_entry(x.kind) && x.kind != AccessKind::pagecache_probe) return what;
  if (x.kind == AccessKind::pagecache_probe)
    return fmt::format("{} {} the VMA lock", what, x.vma_lock ? "under" : "without");
  return fmt::format("{} of {} slot {:#x} under {}{}", what, level_name(x.level), x.slot,
                     x.ptl.kind == LockKind::none ? "no lock" : x.ptl.kind == LockKind::page_table_lock
                         ? "mm->page_table_lock"
                         : x.ptl.kind == LockKind::pmd_table ? "its PMD table's lock"
                         : x.ptl.kind == LockKind::pud_table ? "its PUD table's lock" : "its PTE table's lock",
                     x.vma_lock ? " and the VMA lock" : "");
}

Difference protocol_difference(const World<Concrete>&, const M& a, const M& b, Names n) {
  for (std::size_t i = 0; i < std::max(a.accesses.size(), b.accesses.size()); ++i) {
    const std::string x = i < a.accesses.size() ? access_text(a.accesses[i]) : "nothing";
    const std::string y = i < b.accesses.size() ? access_text(b.accesses[i]) : "nothing";
    if (x != y) {
      const auto kind = [i](const M& m) {
        if (i >= m.accesses.size()) return "nothing";
        return m.accesses[i].kind == AccessKind::pagecache_probe ? "probe" : kAccessNames[static_cast<int>(m.accesses[i].kind)];
      };
      return {fmt::format("access {}: {} does a {}; {} does {}", i + 1, n.a, x, n.b, y),
              fmt::format("access {} {}", kind(a), kind(b))};
    }
  }
  return {fmt::format("{} takes {} locks, {} takes {}, or others", n.a, a.acquired.size(), n.b, b.acquired.size()),
          "locks"};
}

Difference cost_difference(const World<Concrete>&, const M& a, const M& b, Names n) {
  const auto text = [](const Cost& c) {
    return fmt::format("{} lookups, {}+{} reads, {} locks", c.walks, c.lockless_reads, c.locked_reads, c.locks);
  };
  return {fmt::format("{}: {}; {}: {}", n.a, text(a.cost), n.b, text(b.cost)), "cost"};
}

}  // namespace

std::string_view termination_name(Termination t) {
  constexpr std::string_view names[] = {"returned", "livelock", "sleeps", "oops", "bug", "out-of-bounds"};
  return names[static_cast<int>(t)];
}

std::string outcome_text(const Machine<Concrete>& m) {
  if (m.halted()) return std::string(termination_name(m.termination));
  const auto ret = static_cast<std::int64_t>(m.ret);
  return ret < 0 ? errno_text(static_cast<int>(-ret)) : fmt::format("{}", ret);
}

Difference first_difference(Facet facet, const World<Concrete>& initial, const M& a, const M& b,
                            std::string_view name_a, std::string_view name_b) {
  if (facet_equal<Concrete>(facet, initial, a, b)) return {};
  const Names n{name_a, name_b};
  switch (facet) {
    case Facet::result: return result_difference(initial, a, b, n);
    case Facet::effect: return effect_difference(initial, a, b, n);
    case Facet::protocol: return protocol_difference(initial, a, b, n);
    case Facet::cost: break;
  }
  return cost_difference(initial, a, b, n);
}

}  // namespace gupdiff
