// SPDX-License-Identifier: GPL-2.0-only
// Results of the prover kept in a folder: one file a result, below a folder for each version
// of the prover. Nothing that goes wrong here changes a verdict; it is said, once.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "proofs/prove.hpp"

namespace gupdiff {

class ProofCache {
 public:
  /// `warn` is told in one sentence what is wrong: a folder that cannot be written (once),
  /// a file that is damaged (once).
  ProofCache(std::filesystem::path folder, std::function<void(const std::string&)> warn);
  /// Writes down what tasks took.
  ~ProofCache();
  ProofCache(const ProofCache&) = delete;
  ProofCache& operator=(const ProofCache&) = delete;

  /// Lives as long as the cache.
  ResultStore& store() { return store_; }

 private:
  std::filesystem::path file_of(const std::string& key) const;
  std::optional<std::string> load(const std::string& key);
  void save(const std::string& key, const std::string& result);
  void remove_old_versions() const;
  void cannot_write(const std::string& reason);
  void damaged(const std::filesystem::path& file);

  std::filesystem::path folder_, version_;
  std::function<void(const std::string&)> warn_;
  bool writable_ = true, said_damaged_ = false, saved_ = false;
  ResultStore store_;
};

/// Where results are kept if nobody says: $XDG_CACHE_HOME or ~/.cache, then gupdiff/proofs.
/// Empty: there is no such place.
std::filesystem::path default_proof_cache();

}  // namespace gupdiff
