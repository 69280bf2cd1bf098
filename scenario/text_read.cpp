// SPDX-License-Identifier: GPL-2.0-only
// The text form, read: TOML tables into a World, every complaint with its line.
#include <algorithm>
#include <bit>
#include <map>

#include <fmt/format.h>

#include "scenario/describe.hpp"
#include "scenario/normalise.hpp"
#include "scenario/text.hpp"
#include "scenario/toml_reader.hpp"

namespace gupdiff {
namespace {

constexpr std::uint64_t kAny = ~std::uint64_t{0};
constexpr std::string_view kFacetNames[] = {"result", "effect", "protocol", "cost"};
constexpr std::string_view kFacetStates[] = {"equal", "known", "divergent"};
constexpr std::string_view kMigrations[] = {"read", "read-exclusive", "write"};
constexpr std::string_view kSteps[] = {"advance", "same"};

/// One file being read: the world so far and the line of everything in it.
struct Reading {
  std::string file;
  Scenario w;
  std::map<std::string, int> folios;                           ///< name -> index
  std::map<int, int> folio_line;                               ///< index -> line
  std::map<std::uint64_t, int> vma_line;                       ///< start -> line
  std::map<std::pair<int, std::uint64_t>, int> slot_line;      ///< level, key -> line
  std::map<std::pair<std::uint16_t, std::uint64_t>, int> cache_line;
  int request_line = 1, env_line = 1;
};

/// Which machine of the architecture: by name, or by its number of levels where that tells.
void read_variant(TomlReader& in, Config& c) {
  const auto all = geometries(c.arch);
  if (in.has("variant")) {
    std::vector<std::string_view> names;
    for (const Geometry& g : all) names.push_back(g.name);
    c.variant = static_cast<std::uint8_t>(in.choice("variant", names, 0));
    if (in.has("levels") && in.number("levels", 0, kAny) != all[c.variant].levels)
      in.fail("levels", fmt::format("[config] says variant \"{}\", which has {} levels: leave levels out",
                                    all[c.variant].name, all[c.variant].levels));
    return;
  }
  if (!in.has("levels")) return;
  const std::uint64_t levels = in.number("levels", 0, kAny);
  std::string allowed;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].levels == levels) {
      c.variant = static_cast<std::uint8_t>(i);
      return;
    }
  }
  for (int n = 2; n <= kLevels; ++n)
    for (const Geometry& g : all)
      if (g.levels == n) {
        allowed += fmt::format("{}{}", allowed.empty() ? "" : " or ", n);
        break;
      }
  in.fail("levels", fmt::format("levels in [config] is {}: {} has {}", levels, architecture_label(c.arch), allowed));
}

void read_config(Reading& r, const toml::table& t) {
  TomlReader in(t, r.file, "[config]");
  Config& c = r.w.config;
  if (in.has("arch")) c = usual_config(static_cast<Architecture>(in.choice("arch", architecture_names(), 0)));
  read_variant(in, c);
  c = usual_config(c.arch, c.variant);
  // What is not said follows what is: without huge leaves no THP, without THP nothing that needs it.
  c.huge_leaves = in.boolean("huge_leaves", c.huge_leaves);
  c.thp = in.boolean("thp", c.thp && c.huge_leaves);
  c.pud_devmap = in.boolean("pud_devmap", c.pud_devmap && c.thp);
  c.split_pte_ptlocks = in.boolean("split_pte_ptlocks", c.split_pte_ptlocks);
  c.split_pmd_ptlocks = in.boolean("split_pmd_ptlocks", c.split_pmd_ptlocks);
  c.memory_failure = in.boolean("memory_failure", c.memory_failure);
  c.device_private = in.boolean("device_private", c.device_private);
  c.soft_dirty = in.boolean("soft_dirty", c.soft_dirty);
  c.shmem_thp = in.boolean("shmem_thp", c.shmem_thp && c.thp);
  in.finish();
}

void read_request(Reading& r, const toml::table& t) {
  TomlReader in(t, r.file, "[request]");
  auto& q = r.w.request;
  r.request_line = in.line();
  q.api = static_cast<Api>(in.choice("api", api_names(), static_cast<int>(Api::get)));
  q.start = in.required_number("start", kAny);
  q.nr_pages = static_cast<std::uint32_t>(in.number("nr_pages", 1, 1u << 20));
  q.flags = in.bits("flags", foll_flag_names(), 0);
  q.pages_null = in.boolean("pages_null", false);
  q.locked_ptr = in.boolean("locked", false);
  if (q.start >= address_limit(r.w.config))
    in.fail("start", fmt::format("start in [request] is {:#x}, beyond the user address limit {:#x} of {} levels",
                                 q.start, address_limit(r.w.config), geometry_of(r.w.config).levels));
  in.finish();
}

void read_vma(Reading& r, const toml::table& t) {
  TomlReader in(t, r.file, "[[vma]]");
  Vma<Concrete> v;
  v.start = in.required_number("start", kAny);
  v.end = in.required_number("end", kAny);
  v.kind = static_cast<VmaKind>(in.choice("kind", vma_kind_names(), 0));
  v.flags = in.bits("flags", vm_flag_names(), 0);
  if (v.kind == VmaKind::hugetlb) {
    v.flags |= VM_HUGETLB;
    std::vector<std::string_view> sizes;
    for (const HugetlbSize& s : geometry_of(r.w.config).hugetlb) sizes.push_back(s.name);
    if (!in.has("huge"))
      in.fail(in.line(), fmt::format("a hugetlb [[vma]] must say huge = {}", nearest_names("", sizes)));
    v.huge_order = geometry_of(r.w.config).hugetlb[static_cast<std::size_t>(in.choice("huge", sizes, 0))].order;
  } else if (in.has("huge")) {
    in.fail("huge", "only a [[vma]] with kind = \"hugetlb\" has a huge page size");
  }
  v.pgoff = in.number("pgoff", 0, kMaxFileIndex);
  v.file_pages = in.number("file_pages", 0, kMaxFileIndex);
  v.file = static_cast<std::uint16_t>(in.number("file", 0, kMaxFileId));
  v.pkey = static_cast<std::uint8_t>(in.number("pkey", 0, 15));
  std::uint64_t switches = 0;
  for (const NamedBit& b : vma_switch_names())
    if (in.boolean(b.name, false)) switches |= b.bit;
  set_vma_switches(v, switches);
  in.finish();
  r.vma_line[v.start] = in.line();
  r.w.vmas.push_back(v);
}

unsigned read_order(const Scenario& w, TomlReader& in) {
  const Geometry& g = geometry_of(w.config);
  if (!in.has("size")) return static_cast<unsigned>(in.number("order", 0, g.max_order()));
  if (in.has("order")) in.fail("size", "[[folio]] says both size and order: leave one out");
  const std::string size = in.text("size");
  for (unsigned order = 0; order <= g.max_order(); ++order)
    if (size == order_size(w, order)) return order;
  in.fail("size", fmt::format("size '{}' in [[folio]] is not a power of two from {} to {}", size, order_size(w, 0),
                              order_size(w, g.max_order())));
}

void read_folio(Reading& r, const toml::table& t) {
  TomlReader in(t, r.file, "[[folio]]");
  const std::string name = in.required_text("name");
  if (r.folio_line.count(r.folios.count(name) ? r.folios[name] : -1))
    in.fail("name", fmt::format("folio '{}' is given twice", name));
  const bool zero = r.folios.count(name) != 0;
  int index = zero ? r.folios[name] : static_cast<int>(r.w.folios.size());
  if (!zero) {
    r.folios[name] = index;
    r.w.folios.emplace_back();
    r.w.folios.back().refcount = 1;
    r.w.folios.back().pfn = default_pfn(r.w, static_cast<std::size_t>(index));
  }
  auto& f = r.w.folios[index];
  r.folio_line[index] = in.line();
  if (!zero) {
    f.kind = static_cast<FolioKind>(in.choice("kind", folio_kind_names(), 0));
    if (f.kind == FolioKind::zero_page || f.kind == FolioKind::huge_zero)
      in.fail("kind", "the zero folios exist already: name them \"zero\" and \"huge_zero\" in entries");
    f.order = static_cast<std::uint8_t>(read_order(r.w, in));
    f.pfn = in.number("pfn", f.pfn, geometry_of(r.w.config).fresh_pfn - 1);
  }
  f.refcount = static_cast<std::uint64_t>(in.signed_number("refcount", static_cast<std::int64_t>(f.refcount)));
  f.pincount = in.number("pincount", 0, 0x7fffffff);
  f.mapcount = in.number("mapcount", 0, 0x7fffffff);
  set_folio_flags(f, in.bits("flags", folio_flag_names(), 0));
  in.finish();
}

/// The frame that `folio` and `offset` (4 KiB pages) of `in` name.
std::uint64_t read_frame(Reading& r, TomlReader& in) {
  const std::string name = in.required_text("folio");
  const auto found = r.folios.find(name);
  if (found == r.folios.end()) {
    std::vector<std::string_view> names;
    for (const auto& [n, i] : r.folios) names.push_back(n);
    in.fail("folio", fmt::format("{} points nowhere: there is no folio '{}'; did you mean {}?", in.what(),
                                 name, nearest_names(name, names)));
  }
  const auto& f = r.w.folios[found->second];
  const std::int64_t offset = in.signed_number("offset", 0);
  if (offset >= 0 && static_cast<std::uint64_t>(offset) >> f.order)
    in.fail("offset", fmt::format("{} points nowhere: page {} of folio '{}', which has {} pages", in.what(),
                                  offset, name, std::uint64_t{1} << f.order));
  return f.pfn + static_cast<std::uint64_t>(offset);
}

/// The bits that make an entry of `level` a leaf: "PRESENT or PROTNONE".
std::string leaf_bits(const Scenario& w, Level level) {
  std::vector<std::string_view> names;
  for (const NamedBit& n : entry_bit_names(w.config))
    if (n.with == 0 && words_of(w).leaf_format(level, n.bit)) names.push_back(n.name);
  if (names.empty()) return level == Level::pte || level == Level::hugepte ? "PTE and PRESENT" : "another level";
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : i + 1 == names.size() ? " or " : ", ", names[i]);
  return out;
}

/// The directory (hugepd) of the size that `in` names.
std::uint64_t read_directory(const Reading& r, TomlReader& in, Level level, std::uint64_t key) {
  std::vector<std::string_view> names;
  std::vector<const HugetlbSize*> sizes;
  for (const HugetlbSize& s : geometry_of(r.w.config).hugetlb)
    if (s.hugepd() && s.directory == level) {
      names.push_back(s.name);
      sizes.push_back(&s);
    }
  if (sizes.empty())
    in.fail("hugepd", fmt::format("there are no directories of hugetlb entries at the {} level of {} {}", level_name(level),
                                  architecture_label(r.w.config.arch), geometry_of(r.w.config).name));
  return directory_entry(r.w, *sizes[static_cast<std::size_t>(in.choice("hugepd", names, 0))], key);
}

/// The value `in` spells; `what` for complaints.
std::uint64_t read_value(Reading& r, TomlReader& in, Level level, std::uint64_t key) {
  const SwapTypes types = swap_types(r.w.config);
  int forms = 0;
  for (const char* k : {"value", "table", "hugepd", "migration", "hwpoison", "marker", "swap"}) forms += in.has(k);
  const bool frame_alone = forms == 0 && in.has("folio");
  if (forms + frame_alone != 1)
    in.fail(in.line(), fmt::format("{} must say exactly one of folio (a leaf), table, hugepd, value, migration, hwpoison, marker, swap",
                                   in.what()));
  if (in.has("value")) return in.number("value", 0, kAny);
  const auto swap_bits = [&] { return in.bits("bits", swap_bit_names(r.w.config), 0); };
  if (in.has("table")) {
    if (level == Level::pte) in.fail("table", "a pte entry cannot be a table");
    if (!in.boolean("table", true)) in.fail("table", "table can only be true");
    const std::uint64_t flags = in.bits("bits", entry_bit_names(r.w.config), words_of(r.w).table_entry(0));
    return words_of(r.w).retarget(flags, table_target(r.w, level, key));
  }
  if (in.has("hugepd")) return read_directory(r, in, level, key);
  if (in.has("migration")) {
    const int kind = in.choice("migration", kMigrations, 0);
    return words_of(r.w).swp_entry(types.migration_read + static_cast<unsigned>(kind), read_frame(r, in)) | swap_bits();
  }
  if (in.has("hwpoison")) {
    if (!in.boolean("hwpoison", true)) in.fail("hwpoison", "hwpoison can only be true");
    if (!r.w.config.memory_failure)
      in.fail("hwpoison", "there are no hwpoison entries without memory_failure in [config]");
    return words_of(r.w).swp_entry(types.hwpoison, read_frame(r, in)) | swap_bits();
  }
  if (in.has("marker"))
    return words_of(r.w).marker(types, in.bits("marker", marker_bit_names(), 0)) | swap_bits();
  if (in.has("swap")) {
    TomlReader sub(*in.table("swap"), r.file, fmt::format("swap of {}", in.what()));
    const std::uint64_t type = sub.number("type", 0, 31);
    const int width = std::popcount(swap_offset_field(r.w.config.arch, geometry_of(r.w.config)));
    const std::uint64_t offset = sub.number("offset", 0, (std::uint64_t{1} << width) - 1);
    sub.finish();
    return words_of(r.w).swp_entry(type, offset) | swap_bits();
  }
  const std::uint64_t pfn = read_frame(r, in);
  const std::uint64_t e = with_frame(r.w, in.bits("bits", entry_bit_names(r.w.config), 0), pfn);
  if (shape(r.w, level, e) != Shape::leaf)
    in.fail("bits", fmt::format("these bits make no {} leaf: it needs {}{}", level_name(level), leaf_bits(r.w, level),
                                level == Level::pte ? "" : "; for a table say table = true"));
  return e;
}

void read_entry(Reading& r, const toml::table& t) {
  TomlReader in(t, r.file, "[[entry]]");
  if (!in.has("level")) in.fail(in.line(), "[[entry]] lacks level (pte, pmd, pud, p4d or pgd)");
  const int l = in.choice("level", level_names(), 0);
  const Level level = static_cast<Level>(l);
  if (level == Level::hugepte ? !geometry_of(r.w.config).has_hugepd : level > top_level(r.w)) in.fail("level", no_level(r.w, level));
  const std::uint64_t at = in.required_number("at", kAny);
  if (at >= address_limit(r.w.config) + geometry_of(r.w.config).page_size())
    in.fail("at", fmt::format("at in [[entry]] is {:#x}, beyond the user address limit {:#x} of {} levels", at,
                              address_limit(r.w.config), geometry_of(r.w.config).levels));
  Slot<Concrete> s;
  s.first = at >> geometry_of(r.w.config).shift(level);
  s.value = read_value(r, in, level, s.first);
  s.count = static_cast<std::uint32_t>(in.number("count", 1, kMaxRun));
  if (level != Level::hugepte && shape(r.w, level, s.value) == Shape::hugepd) {
    const HugetlbSize* size = words_of(r.w).hugepd_size(s.value);
    if (in.has("count")) in.fail("count", "a directory stands in every slot its pages span: leave count out");
    if (size) s.first = directory_key(*size, s.first), s.count = size->directories();
  }
  if (s.count == 0) in.fail("count", "count in [[entry]] must be at least 1");
  const bool advance = in.choice("step", kSteps, shape(r.w, level, s.value) == Shape::leaf ? 0 : 1) == 0;
  if (s.count > 1 && advance && shape(r.w, level, s.value) == Shape::leaf) s.stride = words_of(r.w).stride(s.value, level);
  if (const toml::table* sub = in.table("restored")) {
    TomlReader back(*sub, r.file, "restored of [[entry]]");
    s.restored = read_value(r, back, level, s.first);
    back.finish();
  }
  in.finish();
  r.slot_line[{l, s.first}] = in.line();
  r.w.slots[l].push_back(s);
}

void read_cache(Reading& r, const toml::table& t) {
  TomlReader in(t, r.file, "[[cache]]");
  PageCacheEntry<Concrete> c;
  c.file = static_cast<std::uint16_t>(in.number("file", 0, kMaxFileId));
  c.index = in.number("index", 0, kMaxFileIndex);
  const std::string name = in.required_text("folio");
  const auto found = r.folios.find(name);
  if (found == r.folios.end() || found->second < 2)
    in.fail("folio", fmt::format("[[cache]] refers to '{}', which is no folio of this file", name));
  c.folio = static_cast<std::uint16_t>(found->second);
  c.present = true;
  in.finish();
  r.cache_line[{c.file, c.index}] = in.line();
  r.w.page_cache.push_back(c);
}

void read_env(Reading& r, const toml::table& t) {
  TomlReader in(t, r.file, "[env]");
  auto& e = r.w.env;
  r.env_line = in.line();
  e.huge_pool = in.number("huge_pool", 0, kMaxEvent);
  e.alloc_fail_at = in.number("alloc_fail_at", 0, kMaxEvent);
  e.fatal_signal_at = in.number("fatal_signal_at", 0, kMaxEvent);
  e.signal_at = in.number("signal_at", 0, kMaxEvent);
  e.mmap_lock_fail_at = in.number("mmap_lock_fail_at", 0, kMaxEvent);
  e.userfault_wakes = in.number("userfault_wakes", 0, kMaxEvent);
  e.migrate_fails = in.boolean("migrate_fails", false);
  e.isolate_fails = in.boolean("isolate_fails", false);
  in.finish();
}

Expectation read_expect(const Reading& r, const toml::table& t) {
  TomlReader in(t, r.file, "[expect]");
  Expectation e;
  e.line = in.line();
  e.pair = in.text("pair", e.pair);
  for (int f = 0; f < 4; ++f)
    if (in.has(kFacetNames[f]))
      e.facet[f] = kFacetStates[in.choice(kFacetNames[f], kFacetStates, 0)];
  e.divergence = in.texts("divergence");
  in.finish();
  return e;
}

int line_of(const Reading& r, const Flaw& f) {
  const auto look = [](const auto& map, const auto& key) {
    const auto found = map.find(key);
    return found == map.end() ? 1 : found->second;
  };
  const auto i = static_cast<std::size_t>(f.index < 0 ? 0 : f.index);
  if (f.kind >= FlawKind::folio_kind && f.kind <= FlawKind::folio_counts) return look(r.folio_line, f.index);
  if (f.kind >= FlawKind::vma_empty && f.kind <= FlawKind::vma_file)
    return look(r.vma_line, r.w.vmas[i].start);
  if (f.kind >= FlawKind::slot_level && f.kind <= FlawKind::restored_not_leaf)
    return look(r.slot_line, std::pair{static_cast<int>(f.level), r.w.slots[static_cast<int>(f.level)][i].first});
  if (f.kind >= FlawKind::cache_folio && f.kind <= FlawKind::cache_order)
    return look(r.cache_line, std::pair{r.w.page_cache[i].file, r.w.page_cache[i].index});
  if (f.kind == FlawKind::env_range) return r.env_line;
  return f.kind >= FlawKind::request_start ? r.request_line : 1;
}

void sort_lists(Scenario& w) {
  std::sort(w.vmas.begin(), w.vmas.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
  std::sort(w.page_cache.begin(), w.page_cache.end(), [](const auto& a, const auto& b) {
    return a.file != b.file ? a.file < b.file : a.index < b.index;
  });
  add_ancestors(w);
}

toml::table parse_toml(std::string_view text, const std::string& name) {
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& e) {
    throw InputError{fmt::format("{}:{}: {}", name, e.source().begin.line, e.description())};
  }
}

}  // namespace

ScenarioFile parse_text(std::string_view text, const std::string& name) {
  const toml::table root = parse_toml(text, name);
  TomlReader in(root, name, "the scenario");
  Reading r;
  r.file = name;
  ScenarioFile out;
  out.title = in.text("title");
  out.note = in.text("note");
  if (const toml::table* t = in.table("config")) read_config(r, *t);
  r.w.folios.resize(2);
  for (int i = 0; i < 2; ++i) {
    auto& f = r.w.folios[i];
    f.kind = i == 0 ? FolioKind::zero_page : FolioKind::huge_zero;
    f.pfn = i == 0 ? geometry_of(r.w.config).zero_pfn : geometry_of(r.w.config).huge_zero_pfn;
    f.order = static_cast<std::uint8_t>(i == 0 ? 0 : leaf_order(r.w, Level::pmd));
    f.refcount = 1;
    r.folios[folio_name(i)] = i;
  }
  const toml::table* request = in.table("request");
  if (!request) in.fail(1, "there is no [request]: which call is it about?");
  read_request(r, *request);
  for (const toml::table* t : in.tables("folio")) read_folio(r, *t);
  for (const toml::table* t : in.tables("vma")) read_vma(r, *t);
  for (const toml::table* t : in.tables("entry")) read_entry(r, *t);
  for (const toml::table* t : in.tables("cache")) read_cache(r, *t);
  if (const toml::table* t = in.table("env")) read_env(r, *t);
  if (const toml::table* t = in.table("expect")) out.expect = read_expect(r, *t);
  in.finish();
  sort_lists(r.w);
  if (const Flaw f = find_flaw(r.w)) in.fail(line_of(r, f), describe_flaw(r.w, f));
  out.world = std::move(r.w);
  return out;
}

}  // namespace gupdiff
