// SPDX-License-Identifier: GPL-2.0-only
// Whole capture files against the model of a kernel: the counts and lists of
// `gupdiff conform`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace gupdiff {

struct ConformOptions {
  std::vector<std::filesystem::path> files;  ///< captures, .jsonl or .jsonl.gz
  std::string kernel;                        ///< "6.12": the kernel all of them must be of; "": each the one it names
};

struct ConformCounts {
  std::uint64_t match = 0, mismatch = 0, not_modelled = 0;
  std::uint64_t total() const { return match + mismatch + not_modelled; }
};

/// One record on which model and kernel disagree.
struct ConformMismatch {
  std::string file;
  std::size_t line = 0;
  std::string state, call, field, detail;
};

struct ConformResult {
  ConformCounts all;       ///< every record with a kernel answer
  ConformCounts in_scope;  ///< of these, calls of gup pup rem prem unl punl int dump_page
  std::map<std::string, ConformCounts> by_machine;     ///< slow-path calls, by kernel and architecture: "6.12 arm64"
  std::map<std::string, ConformCounts> by_call;        ///< by the API word
  std::map<std::string, ConformCounts> by_state_kind;  ///< k4, t2, h2, h1, x
  std::vector<ConformMismatch> mismatches;
  std::map<std::string, std::uint64_t> not_modelled_reasons;

  nlohmann::json json() const;
};

/// Runs every record. Throws InputError for a file that is no capture, one of another
/// kernel or architecture, or a kernel that has no model.
ConformResult conform(const ConformOptions& options);

}  // namespace gupdiff
