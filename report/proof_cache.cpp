// SPDX-License-Identifier: GPL-2.0-only
// A file holds its key, a checksum and the result, so that neither a collision of file names
// nor damage can pass for a result.
#include "report/proof_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include "proofs/prover_hash.hpp"
#include "proofs/result_json.hpp"
#include "scenario/fnv.hpp"
#include "scenario/cache_folder.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;

/// Versions of the prover whose results are kept; the least recently used go.
constexpr std::size_t kVersionsKept = 8;
constexpr std::size_t kVersionDigits = 16;
constexpr const char* kSecondsFile = "seconds.json";

/// Key, checksum, result: what a file holds.
std::string entry(const std::string& key, const std::string& result) {
  return fmt::format("{}checksum {:016x}\n{}\n", key, fnv1a(result), result);
}

bool names_version(const std::string& name) {
  return name.size() == kVersionDigits && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isxdigit(c); });
}

}  // namespace

ProofCache::ProofCache(fs::path folder, std::function<void(const std::string&)> warn)
    : folder_(std::move(folder)), version_(folder_ / std::string(prover_hash().substr(0, kVersionDigits))), warn_(std::move(warn)) {
  store_.load = [this](const std::string& key) { return load(key); };
  store_.save = [this](const std::string& key, const std::string& result) { save(key, result); };
  if (const auto text = read_whole(folder_ / kSecondsFile)) {
    const Json json = Json::parse(*text, nullptr, false);
    bool whole = json.is_object();
    if (whole)
      for (const auto& [task, seconds] : json.items()) {
        whole = whole && seconds.is_number();
        if (seconds.is_number()) store_.seconds[task] = seconds.get<double>();
      }
    if (!whole) damaged(folder_ / kSecondsFile);
  }
}

ProofCache::~ProofCache() {
  if (!saved_ || !writable_) return;
  try {
    write_whole(folder_ / kSecondsFile, Json(store_.seconds).dump(0) + "\n");
  } catch (const InputError& e) {
    cannot_write(e.message);
  } catch (const std::exception& e) {
    cannot_write(e.what());
  }
  remove_old_versions();
}

fs::path ProofCache::file_of(const std::string& key) const { return version_ / fmt::format("{:016x}.proof", fnv1a(key)); }

std::optional<std::string> ProofCache::load(const std::string& key) {
  const fs::path file = file_of(key);
  const auto text = read_whole(file);
  if (!text) return std::nullopt;
  const std::size_t head = entry(key, "").size() - 1;  // up to where the result begins
  if (text->size() > head + 1) {
    std::string result = text->substr(head, text->size() - head - 1);
    if (*text == entry(key, result)) return result;
  }
  damaged(file);
  return std::nullopt;
}

void ProofCache::save(const std::string& key, const std::string& result) {
  if (!writable_) return;
  try {
    if (!std::exchange(saved_, true)) make_folder(version_);
    write_whole(file_of(key), entry(key, result));
  } catch (const InputError& e) {
    cannot_write(e.message);
  }
}

void ProofCache::cannot_write(const std::string& reason) {
  writable_ = false;
  warn_(fmt::format("results are not kept for another run: {} (--cache), or say --no-cache.", reason));
}

void ProofCache::damaged(const fs::path& file) {
  if (!std::exchange(said_damaged_, true))
    warn_(fmt::format("{}: is damaged; what it should hold is proved again.", file.string()));
}

void ProofCache::remove_old_versions() const {
  std::error_code error;
  fs::last_write_time(version_, fs::file_time_type::clock::now(), error);
  std::vector<std::pair<fs::file_time_type, fs::path>> versions;
  for (auto it = fs::directory_iterator(folder_, error); !error && it != fs::directory_iterator(); it.increment(error))
    if (names_version(it->path().filename().string())) versions.emplace_back(it->last_write_time(error), it->path());
  if (versions.size() <= kVersionsKept) return;
  std::sort(versions.begin(), versions.end());
  versions.resize(versions.size() - kVersionsKept);
  for (const auto& [when, version] : versions) {
    for (auto it = fs::directory_iterator(version, error); !error && it != fs::directory_iterator(); it.increment(error))
      if (it->path().extension() == ".proof") fs::remove(it->path(), error);
    fs::remove(version, error);  // stays if anything else is in it
  }
}

fs::path default_proof_cache() { return user_cache_folder("proofs"); }

}  // namespace gupdiff
