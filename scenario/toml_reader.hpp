// SPDX-License-Identifier: GPL-2.0-only
// Reading one TOML table key by key: typed values, errors with file and line, and
// a complaint about every key nobody asked for.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "scenario/names.hpp"

namespace gupdiff {

/// A TOML table being read. `what` names it in messages: "[[vma]]".
class TomlReader {
 public:
  TomlReader(const toml::table& table, std::string file, std::string what)
      : table_(table), file_(std::move(file)), what_(std::move(what)) {}

  bool has(std::string_view key);
  int line() const { return static_cast<int>(table_.source().begin.line); }
  /// Line of `key`, or of the table.
  int line(std::string_view key) const;

  /// Integer or string of digits (decimal or 0x..: TOML integers end at 2^63-1).
  std::uint64_t number(std::string_view key, std::uint64_t fallback, std::uint64_t max);
  std::uint64_t required_number(std::string_view key, std::uint64_t max);
  std::int64_t signed_number(std::string_view key, std::int64_t fallback);
  bool boolean(std::string_view key, bool fallback);
  std::string text(std::string_view key, std::string fallback = {});
  std::string required_text(std::string_view key);
  /// Index into `names` of the value of `key`.
  int choice(std::string_view key, std::span<const std::string_view> names, int fallback);
  /// Array of names from `table`, as bits.
  std::uint64_t bits(std::string_view key, std::span<const NamedBit> table, std::uint64_t fallback);
  /// A string or an array of strings.
  std::vector<std::string> texts(std::string_view key);
  /// The sub-table `key`; null if there is none.
  const toml::table* table(std::string_view key);
  /// The array of tables `key`.
  std::vector<const toml::table*> tables(std::string_view key);

  /// Refuses keys that were not asked for.
  void finish();
  [[noreturn]] void fail(int line, const std::string& reason) const;
  [[noreturn]] void fail(std::string_view key, const std::string& reason) const {
    fail(line(key), reason);
  }
  const std::string& file() const { return file_; }
  const std::string& what() const { return what_; }

 private:
  const toml::node* find(std::string_view key);
  std::uint64_t to_number(const toml::node& n, std::string_view key, std::uint64_t max);

  const toml::table& table_;
  std::string file_;
  std::string what_;
  std::vector<std::string> asked_;
};

}  // namespace gupdiff
