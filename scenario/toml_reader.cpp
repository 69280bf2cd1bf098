// SPDX-License-Identifier: GPL-2.0-only
// Typed access to a TOML table with errors a person can act on.
#include "scenario/toml_reader.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "scenario/input_error.hpp"

namespace gupdiff {

void TomlReader::fail(int line, const std::string& reason) const {
  throw InputError{fmt::format("{}:{}: {}", file_, line, reason)};
}

const toml::node* TomlReader::find(std::string_view key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
  return table_.get(key);
}

bool TomlReader::has(std::string_view key) { return find(key) != nullptr; }

int TomlReader::line(std::string_view key) const {
  const toml::node* n = table_.get(key);
  return n ? static_cast<int>(n->source().begin.line) : line();
}

std::uint64_t TomlReader::to_number(const toml::node& n, std::string_view key, std::uint64_t max) {
  std::uint64_t value = 0;
  if (const auto i = n.value_exact<std::int64_t>()) {
    if (*i < 0) fail(key, fmt::format("{} in {} must not be negative", key, what_));
    value = static_cast<std::uint64_t>(*i);
  } else if (const auto s = n.value_exact<std::string>()) {
    const bool hex = s->size() > 2 && (*s)[0] == '0' && ((*s)[1] == 'x' || (*s)[1] == 'X');
    const char* begin = s->data() + (hex ? 2 : 0);
    const char* end = s->data() + s->size();
    const auto [stop, error] = std::from_chars(begin, end, value, hex ? 16 : 10);
    if (error != std::errc{} || stop != end || begin == end)
      fail(key, fmt::format("{} in {}: '{}' is not a number of 64 bits", key, what_, *s));
  } else {
    fail(key, fmt::format("{} in {} must be a number", key, what_));
  }
  if (value > max)
    fail(key, fmt::format("{} in {} is {:#x}, above the largest possible {:#x}", key, what_, value, max));
  return value;
}

std::uint64_t TomlReader::number(std::string_view key, std::uint64_t fallback, std::uint64_t max) {
  const toml::node* n = find(key);
  return n ? to_number(*n, key, max) : fallback;
}

std::uint64_t TomlReader::required_number(std::string_view key, std::uint64_t max) {
  const toml::node* n = find(key);
  if (!n) fail(line(), fmt::format("{} lacks {}", what_, key));
  return to_number(*n, key, max);
}

std::int64_t TomlReader::signed_number(std::string_view key, std::int64_t fallback) {
  const toml::node* n = find(key);
  if (!n) return fallback;
  const auto i = n->value_exact<std::int64_t>();
  if (!i) fail(key, fmt::format("{} in {} must be a number", key, what_));
  return *i;
}

bool TomlReader::boolean(std::string_view key, bool fallback) {
  const toml::node* n = find(key);
  if (!n) return fallback;
  const auto b = n->value_exact<bool>();
  if (!b) fail(key, fmt::format("{} in {} must be true or false", key, what_));
  return *b;
}

std::string TomlReader::text(std::string_view key, std::string fallback) {
  const toml::node* n = find(key);
  if (!n) return fallback;
  const auto s = n->value_exact<std::string>();
  if (!s) fail(key, fmt::format("{} in {} must be a string", key, what_));
  return *s;
}

std::string TomlReader::required_text(std::string_view key) {
  if (!has(key)) fail(line(), fmt::format("{} lacks {}", what_, key));
  return text(key);
}

int TomlReader::choice(std::string_view key, std::span<const std::string_view> names, int fallback) {
  if (!has(key)) return fallback;
  const std::string s = text(key);
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == s) return static_cast<int>(i);
  fail(key, fmt::format("unknown {} '{}' in {}; did you mean {}?", key, s, what_,
                        nearest_names(s, {names.begin(), names.end()})));
}

std::uint64_t TomlReader::bits(std::string_view key, std::span<const NamedBit> table,
                               std::uint64_t fallback) {
  const toml::node* n = find(key);
  if (!n) return fallback;
  const toml::array* a = n->as_array();
  if (!a) fail(key, fmt::format("{} in {} must be an array of names", key, what_));
  std::uint64_t out = 0;
  for (const toml::node& item : *a) {
    const int at = static_cast<int>(item.source().begin.line);
    const auto s = item.value_exact<std::string>();
    if (!s) fail(at, fmt::format("{} in {} must be an array of names", key, what_));
    const auto* const found = std::find_if(table.data(), table.data() + table.size(),
                                           [&](const NamedBit& b) { return b.name == *s; });
    if (found == table.data() + table.size())
      fail(at, fmt::format("unknown name '{}' in {} of {}; did you mean {}?", *s, key, what_,
                           nearest_names(*s, names_of(table))));
    out |= found->bit;
  }
  return out;
}

std::vector<std::string> TomlReader::texts(std::string_view key) {
  const toml::node* n = find(key);
  std::vector<std::string> out;
  if (!n) return out;
  if (const auto s = n->value_exact<std::string>()) return {*s};
  const toml::array* a = n->as_array();
  if (!a) fail(key, fmt::format("{} in {} must be a string or an array of strings", key, what_));
  for (const toml::node& item : *a) {
    const auto s = item.value_exact<std::string>();
    if (!s) fail(key, fmt::format("{} in {} must be a string or an array of strings", key, what_));
    out.push_back(*s);
  }
  return out;
}

const toml::table* TomlReader::table(std::string_view key) {
  const toml::node* n = find(key);
  if (!n) return nullptr;
  const toml::table* t = n->as_table();
  if (!t) fail(key, fmt::format("{} must be a table, written [{}]", key, key));
  return t;
}

std::vector<const toml::table*> TomlReader::tables(std::string_view key) {
  const toml::node* n = find(key);
  std::vector<const toml::table*> out;
  if (!n) return out;
  const toml::array* a = n->as_array();
  if (!a) fail(key, fmt::format("{} must be a list of tables, each written [[{}]]", key, key));
  for (const toml::node& item : *a) {
    const toml::table* t = item.as_table();
    if (!t) fail(key, fmt::format("{} must be a list of tables, each written [[{}]]", key, key));
    out.push_back(t);
  }
  return out;
}

void TomlReader::finish() {
  for (const auto& [key, node] : table_) {
    const std::string_view k = key.str();
    if (std::find(asked_.begin(), asked_.end(), k) != asked_.end()) continue;
    fail(static_cast<int>(key.source().begin.line),
         fmt::format("unknown key '{}' in {}; did you mean {}?", k, what_,
                     nearest_names(k, {asked_.begin(), asked_.end()})));
  }
}

}  // namespace gupdiff
