// SPDX-License-Identifier: GPL-2.0-only
// Corpora joined and made small, lane by lane.
#include <algorithm>
#include <set>

#include <unistd.h>

#include <fmt/format.h>

#include "fuzz/campaign.hpp"
#include "fuzz/corpus_merge.hpp"
#include "fuzz/finding.hpp"
#include "fuzz/input_file.hpp"
#include "scenario/binary.hpp"
#include "scenario/text.hpp"

namespace gupdiff {

namespace fs = std::filesystem;

namespace {

/// An input as the lanes take it: decoded to see where it belongs, and its bytes.
struct Offered {
  Scenario scenario;
  std::vector<std::uint8_t> bytes;
};

/// A scenario of either form; nothing for any other file.
std::optional<Offered> offered(const fs::directory_entry& entry) {
  if (!plain_input(entry)) return std::nullopt;
  Offered out;
  const fs::path extension = entry.path().extension();
  if (extension == ".toml") {
    try {
      out.scenario = load(entry.path()).world;
    } catch (const InputError&) {
      return std::nullopt;
    }
    out.bytes = encode(out.scenario);
    return out;
  }
  out.bytes = read_input(entry.path());
  if (out.bytes.empty() || out.bytes[0] != kBinaryMagic) return std::nullopt;
  decode(out.bytes, out.scenario);
  return out;
}

/// The folders whose inputs `other` stands for.
std::vector<fs::path> corpora_of(const fs::path& other) {
  std::error_code error;
  if (!fs::is_directory(other, error))
    throw InputError{fmt::format("{}: is no folder; name a campaign or a folder of inputs", other.string())};
  if (access(other.c_str(), R_OK | X_OK) != 0) throw InputError{fmt::format("{}: this folder cannot be read", other.string())};
  const CampaignPaths paths{other};
  if (!fs::exists(paths.settings(), error)) return {other};
  std::vector<fs::path> out;
  for (fs::directory_iterator at(paths.lanes(), error), end; !error && at != end; at.increment(error))
    if (fs::is_directory(at->path() / "corpus", error)) out.push_back(at->path() / "corpus");
  std::sort(out.begin(), out.end());
  return out;
}

/// Everything under the folders, into one folder a lane. Returns files that are no inputs.
std::uint64_t stage(const std::vector<Lane>& lanes, const std::vector<fs::path>& folders, const std::vector<fs::path>& stages,
                    std::vector<LaneMerge>& counts) {
  std::uint64_t skipped = 0;
  std::vector<std::set<std::string>> names(lanes.size());
  for (const fs::path& folder : folders) {
    std::error_code error;
    fs::recursive_directory_iterator at(folder, error), end;
    for (; !error && at != end; at.increment(error)) {
      if (at->is_directory(error) && !at->is_symlink(error)) continue;
      const auto input = offered(*at);
      if (!input) {
        ++skipped;
        continue;
      }
      const std::string name = input_name(input->bytes);
      for (std::size_t i = 0; i < lanes.size(); ++i) {
        if (!fits_lane(lanes[i], input->scenario) || !names[i].insert(name).second) continue;
        write_input(stages[i] / name, input->bytes);
        ++counts[i].offered;
      }
    }
    if (error) throw InputError{fmt::format("{}: this folder cannot be read: {}", folder.string(), error.message())};
  }
  return skipped;
}

/// Folders that are removed at the end, whatever happens.
struct Temporary {
  std::vector<fs::path> folders;
  ~Temporary() {
    std::error_code error;
    for (const fs::path& f : folders) fs::remove_all(f, error);
  }
};

/// Names and contents of a corpus.
struct Contents {
  std::vector<std::string> names;
  std::set<std::string> inputs;  ///< input_name() of each
};
Contents contents_of(const fs::path& corpus) {
  Contents out;
  std::error_code error;
  for (fs::directory_iterator at(corpus, error), end; !error && at != end; at.increment(error)) {
    out.names.push_back(at->path().filename().string());
    out.inputs.insert(input_name(read_input(at->path())));
  }
  return out;
}

/// The engine's own folder has a queue beside the corpus. What is in it is put into the corpus, and
/// the next run starts it anew, from the corpus.
void take_in_queue(const CampaignPaths& paths, const Lane& lane) {
  const fs::path work = paths.engine_work(lane.name);
  std::error_code error;
  if (!fs::exists(work, error)) return;
  for (fs::directory_iterator instance(work, error), end; !error && instance != end; instance.increment(error)) {
    std::error_code none;
    for (fs::directory_iterator at(instance->path() / "queue", none); !none && at != end; at.increment(none)) {
      if (at->path().filename().string().rfind("id:", 0) != 0 || !plain_input(*at)) continue;
      const std::vector<std::uint8_t> bytes = read_input(at->path());
      write_input(paths.corpus(lane.name) / input_name(bytes), bytes);
    }
  }
  fs::remove_all(work, error);
}

void require_space(const fs::path& folder) {
  if (const std::string why = no_space(folder); !why.empty()) throw InputError{why};
}

}  // namespace

MergeOutcome merge_into_campaign(const fs::path& folder, const std::vector<fs::path>& others) {
  const CampaignPaths paths{folder};
  const CampaignSettings settings = open_campaign(paths);
  const CampaignLock lock(paths);
  require_space(folder);
  std::vector<fs::path> folders;
  for (const fs::path& other : others) {
    std::error_code error;
    if (fs::equivalent(other, folder, error)) throw InputError{fmt::format("{}: is the campaign that is merged into; name another", other.string())};
    for (fs::path& f : corpora_of(other)) folders.push_back(std::move(f));
  }
  MergeOutcome out;
  Temporary stages;
  for (const Lane& lane : settings.lanes) {
    finish_exchange(paths.lane(lane.name));
    stages.folders.push_back(paths.lane(lane.name) / "incoming");
    std::error_code error;
    fs::remove_all(stages.folders.back(), error);
    make_campaign_folder(stages.folders.back());
    make_campaign_folder(paths.corpus(lane.name));
    set_aliens_aside(paths.corpus(lane.name), paths.set_aside(lane.name));
    take_in_queue(paths, lane);
    out.lanes.push_back({lane.name, census(paths.corpus(lane.name), false).inputs, 0, 0, 0, 0});
  }
  out.skipped = stage(settings.lanes, folders, stages.folders, out.lanes);
  for (std::size_t i = 0; i < settings.lanes.size(); ++i) {
    const Lane& lane = settings.lanes[i];
    LaneMerge& m = out.lanes[i];
    if (m.offered > 0) {
      const CorpusMergeResult r = merge_corpora(lane, paths.corpus(lane.name), {stages.folders[i]}, paths.lane(lane.name) / "merge");
      m.features = r.features;
      m.edges = r.edges;
    }
    m.after = census(paths.corpus(lane.name), false).inputs;
    require_space(folder);
    log_line(paths, fmt::format("merge: lane {}: {} inputs offered, {} kept: {} features and {} edges are new", lane.name, m.offered,
                                m.after - std::min(m.after, m.before), m.features, m.edges));
  }
  return out;
}

MergeOutcome minimize_campaign(const fs::path& folder) {
  const CampaignPaths paths{folder};
  const CampaignSettings settings = open_campaign(paths);
  const CampaignLock lock(paths);
  require_space(folder);
  MergeOutcome out;
  for (const Lane& lane : settings.lanes) {
    const fs::path home = paths.lane(lane.name);
    finish_exchange(home);
    make_campaign_folder(paths.corpus(lane.name));
    set_aliens_aside(paths.corpus(lane.name), paths.set_aside(lane.name));
    take_in_queue(paths, lane);
    LaneMerge m{lane.name, census(paths.corpus(lane.name), false).inputs, 0, 0, 0, 0};
    if (m.before > 0) {
      Temporary unfinished{{home / "corpus.new"}};
      const Contents before = contents_of(paths.corpus(lane.name));
      const CorpusMergeResult r = merge_corpora(lane, home / "corpus.new", {paths.corpus(lane.name)}, home / "merge");
      const Contents kept = contents_of(home / "corpus.new");
      // libFuzzer does not say when what it writes is cut short.
      if (!std::includes(before.inputs.begin(), before.inputs.end(), kept.inputs.begin(), kept.inputs.end()))
        throw InputError{fmt::format("{}: the smaller corpus could not be written whole (is the disk full?); the old one is as it was", home.string())};
      m.features = r.features;
      m.edges = r.edges;
      // Inputs that cover nothing at all are no corpus to lose one for.
      if (!kept.names.empty()) exchange_corpus(home, before.names);
    }
    m.after = census(paths.corpus(lane.name), false).inputs;
    log_line(paths, fmt::format("minimize: lane {}: {} of {} inputs have all {} features and {} edges", lane.name, m.after, m.before, m.features, m.edges));
    out.lanes.push_back(m);
  }
  return out;
}

}  // namespace gupdiff
