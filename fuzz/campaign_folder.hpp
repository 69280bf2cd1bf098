// SPDX-License-Identifier: GPL-2.0-only
// The files of a campaign: where they are, how they are written so that a crash or a full disk
// leaves them whole, and who may write them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gupdiff {

/// Where things are in a campaign's folder.
struct CampaignPaths {
  std::filesystem::path folder;
  std::filesystem::path settings() const { return folder / "campaign.toml"; }
  std::filesystem::path state() const { return folder / "state.json"; }
  std::filesystem::path lock() const { return folder / "lock"; }
  std::filesystem::path log() const { return folder / "log"; }
  std::filesystem::path statistics() const { return folder / "statistics.jsonl"; }
  std::filesystem::path seeds() const { return folder / "seeds"; }
  std::filesystem::path findings() const { return folder / "findings"; }
  std::filesystem::path findings_list() const { return findings() / "findings.jsonl"; }
  std::filesystem::path lanes() const { return folder / "lanes"; }
  std::filesystem::path lane(const std::string& name) const { return lanes() / name; }
  std::filesystem::path corpus(const std::string& name) const { return lane(name) / "corpus"; }
  std::filesystem::path lane_state(const std::string& name) const { return lane(name) / "state.json"; }
  std::filesystem::path fuzzer_stats(const std::string& name) const { return lane(name) / "fuzzer_stats"; }
  std::filesystem::path engine_work(const std::string& name) const { return lane(name) / "engine"; }
  std::filesystem::path set_aside(const std::string& name) const { return lane(name) / "set-aside"; }
};

/// The right to write in a campaign; one process at a time has it. Given back by the kernel
/// whatever becomes of the process.
class CampaignLock {
 public:
  /// Throws InputError naming the process that has it.
  explicit CampaignLock(const CampaignPaths& paths);
  ~CampaignLock();
  CampaignLock(const CampaignLock&) = delete;
  CampaignLock& operator=(const CampaignLock&) = delete;
  /// The process that has it now, if one does.
  static std::optional<int> holder(const CampaignPaths& paths);

 private:
  int fd_ = -1;
};

/// Adds a line at the end; what a full disk lets through of it is taken back. A half-written last
/// line of an earlier process is cut off first. Throws InputError.
void append_line(const std::filesystem::path& file, std::string_view line);
/// The whole lines of a file; none if it is not there.
std::vector<std::string> lines_of(const std::filesystem::path& file);
/// Adds a line with the time in front to the log. Throws InputError.
void log_line(const CampaignPaths& paths, std::string_view text);

/// Space below which a campaign pauses: its own files need far less, but an engine does not say
/// when what it writes is cut short.
inline constexpr std::uint64_t kLeastFreeBytes = std::uint64_t{1} << 20;
/// Why nothing more should be written to the folder's disk; empty if it can.
std::string no_space(const std::filesystem::path& folder);

/// What is in a corpus folder.
struct CorpusCensus {
  std::uint64_t inputs = 0;  ///< plain files that may be inputs
  std::uint64_t torn = 0;    ///< of these: empty, or ending in the middle of a scenario. Harmless: any bytes are one
  std::uint64_t aliens = 0;  ///< folders, links, devices, unreadable files, files above kMaxFileBytes
};
/// Counts by what the folder's entries are (quick); with `read`, also the torn ones.
CorpusCensus census(const std::filesystem::path& corpus, bool read);
/// Whether a folder entry may be an input.
bool plain_input(const std::filesystem::directory_entry& entry);
/// Moves what is no input out of the engine's sight, into `aside`; never deletes. Returns how many.
std::uint64_t set_aliens_aside(const std::filesystem::path& corpus, const std::filesystem::path& aside);

/// Makes a folder and its parents. Throws InputError.
void make_campaign_folder(const std::filesystem::path& folder);

}  // namespace gupdiff
