// SPDX-License-Identifier: GPL-2.0-only
// What a running kernel answered: reading and checking the records of a capture file.
#include "guest/capture.hpp"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

#include "guest/foll_numbers.hpp"
#include "guest/text_file.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

using nlohmann::json;

/// A sentence about a record's content; read_capture() puts file and line before it.
struct BadLine {
  std::string what;
};

std::uint64_t number(std::string_view text, int base, std::string_view whole) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw BadLine{fmt::format("'{}' is not a number, in '{}'", text, whole)};
  }
  return value;
}

std::uint64_t hex(const std::string& text) {
  const std::string_view v = text;
  if (v.substr(0, 2) != "0x") throw BadLine{fmt::format("'{}' is not a hexadecimal number", text)};
  return number(v.substr(2), 16, text);
}

const json& field(const json& record, const char* key) {
  const auto found = record.find(key);
  if (found == record.end()) throw BadLine{fmt::format("the key \"{}\" is missing", key)};
  return *found;
}

std::string text_field(const json& record, const char* key) {
  const json& v = field(record, key);
  if (!v.is_string()) throw BadLine{fmt::format("\"{}\" is not a string", key)};
  return v.get<std::string>();
}

std::int64_t int_field(const json& record, const char* key) {
  const json& v = field(record, key);
  if (!v.is_number_integer()) throw BadLine{fmt::format("\"{}\" is not a whole number", key)};
  return v.get<std::int64_t>();
}

const json& list_field(const json& record, const char* key) {
  const json& v = field(record, key);
  if (!v.is_array()) throw BadLine{fmt::format("\"{}\" is not a list", key)};
  return v;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(at), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

/// `F12:3-7` or `HZ0:5`; digits behind the letters number the folio.
void parse_pages(std::string_view word, std::string_view whole, int& folio, std::uint64_t& first,
                 std::uint32_t& count) {
  const std::size_t digits = word.find_first_of("0123456789");
  const std::size_t colon = word.find(':');
  if (digits == std::string_view::npos || colon == std::string_view::npos || colon < digits) {
    throw BadLine{fmt::format("'{}' names no pages, in '{}'", word, whole)};
  }
  folio = static_cast<int>(number(word.substr(digits, colon - digits), 10, whole));
  const std::string_view range = word.substr(colon + 1);
  const std::size_t dash = range.find('-');
  first = number(range.substr(0, dash), 10, whole);
  count = 1;
  if (dash == std::string_view::npos) return;
  const std::uint64_t last = number(range.substr(dash + 1), 10, whole);
  if (last < first || last - first > 1u << 20) throw BadLine{fmt::format("'{}' is no range", word)};
  count = static_cast<std::uint32_t>(last - first + 1);
}

std::vector<CapturedRun> parse_runs(const std::string& text) {
  std::vector<CapturedRun> runs;
  for (const std::string_view word : split(text, ' ')) {
    CapturedRun run;
    if (word == "ZERO") {
      run.kind = CapturedRun::Kind::zero_page;
    } else if (word.front() == 'x' && !runs.empty()) {
      runs.back().count = static_cast<std::uint32_t>(number(word.substr(1), 10, text));
      continue;
    } else if (word.substr(0, 2) == "-x") {
      run.count = static_cast<std::uint32_t>(number(word.substr(2), 10, text));
    } else if (word == "ERRPTR") {
      run.kind = CapturedRun::Kind::error_pointer;
    } else {
      run.kind = CapturedRun::Kind::folio;
      parse_pages(word, text, run.folio, run.first, run.count);
    }
    runs.push_back(run);
  }
  return runs;
}

CapturedEntry parse_entry(const std::string& text) {
  static constexpr std::string_view names[] = {"pte", "pmd", "pud", "p4d", "pgd"};
  CapturedEntry e;
  const std::string_view v = text;
  const std::size_t colon = v.find(':');
  bool known = false;
  for (int l = 0; l < kLevels && colon != std::string_view::npos; ++l) {
    if (v.substr(0, colon) != names[l]) continue;
    e.level = static_cast<Level>(l);
    known = true;
  }
  if (!known) throw BadLine{fmt::format("'{}' is no page-table entry", text)};
  const std::string_view rest = v.substr(colon + 1);
  e.kind = std::string(rest.substr(0, rest.find_first_of("[(=")));
  const std::size_t equals = rest.find('=');
  if (equals != std::string_view::npos) {
    std::uint32_t count = 0;
    parse_pages(rest.substr(equals + 1), text, e.folio, e.subpage, count);
  }
  return e;
}

std::uint32_t parse_fault_flags(const std::string& text) {
  static constexpr std::pair<std::string_view, std::uint32_t> names[] = {
      {"W", FAULT_FLAG_WRITE},         {"RETRY", FAULT_FLAG_ALLOW_RETRY},
      {"NOWAIT", FAULT_FLAG_RETRY_NOWAIT}, {"KILL", FAULT_FLAG_KILLABLE},
      {"TRIED", FAULT_FLAG_TRIED},     {"REM", FAULT_FLAG_REMOTE},
      {"INTR", FAULT_FLAG_INTERRUPTIBLE}, {"UNSHARE", FAULT_FLAG_UNSHARE}};
  std::uint32_t flags = 0;
  for (const std::string_view word : split(text, '|')) {
    bool known = false;
    for (const auto& [name, bit] : names) {
      if (word != name) continue;
      flags |= bit;
      known = true;
    }
    if (!known) throw BadLine{fmt::format("'{}' is no fault flag", word)};
  }
  return flags;
}

void parse_faults(const json& list, std::vector<CapturedFault>& faults, std::size_t& count) {
  count = list.size();
  for (const json& f : list) {
    if (!f.is_array() || f.size() < 2) throw BadLine{"a fault is not a list"};
    if (f.size() == 2) {  // ["...", N]: only the first ones were written
      count = f[1].get<std::size_t>();
      continue;
    }
    faults.push_back({f[0].get<std::int64_t>(), parse_fault_flags(f[1].get<std::string>()),
                        static_cast<std::uint32_t>(hex(f[2].get<std::string>()))});
  }
}

CapturedFolio parse_folio(const json& f) {
  CapturedFolio out;
  std::uint32_t count = 0;
  std::uint64_t first = 0;
  parse_pages(text_field(f, "id") + ":0", "id", out.id, first, count);
  out.index = static_cast<std::uint32_t>(int_field(f, "i"));
  out.order = static_cast<unsigned>(int_field(f, "o"));
  out.held = text_field(f, "f");
  const json& ref = list_field(f, "ref");
  const json& pin = list_field(f, "pin");
  if (ref.size() != 3 || pin.size() != 3) throw BadLine{"\"ref\" and \"pin\" hold three numbers"};
  if (!ref[0].is_null()) out.ref_before = ref[0].get<std::int64_t>();
  if (!pin[0].is_null()) out.pin_before = pin[0].get<std::int64_t>();
  out.ref_held = ref[1].get<std::int64_t>();
  out.ref_after = ref[2].get<std::int64_t>();
  out.pin_held = pin[1].get<std::int64_t>();
  out.pin_after = pin[2].get<std::int64_t>();
  return out;
}

CaptureRecord parse_record(const json& j, const std::string& kernel) {
  CaptureRecord r;
  r.state = text_field(j, "s");
  r.call = text_field(j, "c");
  if (j.contains("flavour")) r.generic_flavour = text_field(j, "flavour") == "generic";
  if (j.contains("setup_err")) {
    r.setup_error = text_field(j, "setup_err");
    return r;
  }
  if (j.contains("died") || j.contains("ioctl_err")) {
    r.died = true;
    return r;
  }
  const json& ret = field(j, "ret");
  if (ret.is_string()) {
    if (ret.get<std::string>() != "BLOCKED") throw BadLine{"\"ret\" is neither a number nor BLOCKED"};
    r.blocked = true;
    if (j.contains("stack")) {
      const json& stack = list_field(j, "stack");
      for (const json& frame : stack) r.stack.push_back(frame.get<std::string>());
    }
    return r;
  }
  r.ret = int_field(j, "ret");
  if (r.ret == -10000) return r;
  r.foll = foll_of_kernel(kernel, static_cast<std::uint32_t>(hex(text_field(j, "fl"))));
  r.nr_pages = static_cast<std::uint32_t>(int_field(j, "n"));
  if (j.contains("lk")) r.locked = static_cast<int>(int_field(j, "lk"));
  r.vma = text_field(j, "vma");
  r.pages_before = parse_runs(text_field(j, "pg0"));
  r.pages_got = parse_runs(text_field(j, "got"));
  r.pages_after = parse_runs(text_field(j, "pg2"));
  r.before = parse_entry(text_field(j, "pre"));
  r.after = parse_entry(text_field(j, "post"));
  const json& raw = list_field(j, "raw");
  if (raw.size() != 2) throw BadLine{"\"raw\" holds two numbers"};
  r.raw_before = hex(raw[0].get<std::string>());
  r.raw_after = hex(raw[1].get<std::string>());
  for (const json& f : list_field(j, "fol")) r.folios.push_back(parse_folio(f));
  parse_faults(list_field(j, "flt"), r.faults, r.fault_count);
  if (j.contains("hflt")) {
    r.hugetlb_faults_recorded = true;
    parse_faults(list_field(j, "hflt"), r.hugetlb_faults, r.hugetlb_fault_count);
  }
  if (j.contains("pool")) r.pool_change = list_field(j, "pool").at(0).get<std::int64_t>();
  return r;
}

void parse_header(const json& j, Capture& c) {
  const std::int64_t format = int_field(j, "format");
  if (format != 1) throw BadLine{fmt::format("format {} is not known; this version reads format 1", format)};
  c.kernel = text_field(j, "kernel");
  c.arch = text_field(j, "arch");
  if (j.contains("image")) c.image = text_field(j, "image");
  if (!j.contains("levels") || j["levels"].is_null()) return;
  const std::int64_t levels = int_field(j, "levels");
  if (levels < 1 || levels > kLevels) throw BadLine{fmt::format("\"levels\" is {}, not one of 1 to {}", levels, kLevels)};
  c.levels = static_cast<int>(levels);
}

}  // namespace

Capture read_capture(const std::filesystem::path& path) {
  Capture c;
  c.file = path.string();
  const std::vector<std::string> lines = read_lines(path);
  if (lines.empty()) throw InputError{fmt::format("{}: is empty; a capture begins with a header line", c.file)};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    try {
      const json j = json::parse(lines[i]);
      if (!j.is_object()) throw BadLine{"is no JSON object"};
      if (i == 0) {
        parse_header(j, c);
      } else {
        c.records.push_back(parse_record(j, c.kernel));
        c.records.back().line = i + 1;
      }
    } catch (const BadLine& bad) {
      throw InputError{fmt::format("{}:{}: {}", c.file, i + 1, bad.what)};
    } catch (const json::parse_error&) {
      throw InputError{fmt::format("{}:{}: is not JSON; remove the line or fetch the file again", c.file, i + 1)};
    } catch (const json::exception& bad) {
      throw InputError{fmt::format("{}:{}: a value has the wrong type ({})", c.file, i + 1, bad.what())};
    }
  }
  return c;
}

}  // namespace gupdiff
