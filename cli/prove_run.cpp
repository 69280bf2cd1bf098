// SPDX-License-Identifier: GPL-2.0-only
// Runs the theorems that were asked for, or a shard of them, and keeps their counterexamples.
#include "cli/prove_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <set>

#include "cli/interrupt.hpp"
#include "cli/live_line.hpp"
#include "cli/progress_line.hpp"
#include "cli/terminal.hpp"
#include "report/proof_cache.hpp"
#include "scenario/input_error.hpp"
#include "scenario/text.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

std::vector<std::string> parts(const std::string& name) {
  std::vector<std::string> out(1);
  for (const char c : name) {
    if (c == '/')
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

/// What may stand where `glob` first says something that no theorem's name has.
std::string allowed_names(const std::string& glob, const std::vector<std::string>& all) {
  std::vector<std::vector<std::string>> names;
  for (const std::string& name : all) names.push_back(parts(name));
  std::string before;
  const std::vector<std::string> wanted = parts(glob);
  for (std::size_t i = 0;; ++i) {
    std::vector<std::string> next;
    std::vector<std::vector<std::string>> left;
    for (const auto& name : names) {
      if (name.size() <= i) continue;
      if (std::find(next.begin(), next.end(), name[i]) == next.end()) next.push_back(name[i]);
      if (i < wanted.size() && glob_matches(wanted[i], name[i])) left.push_back(name);
    }
    if (left.empty() || (i + 1 == wanted.size())) {
      std::string list;
      if (!left.empty()) {  // the name is too short: what may follow
        before += (before.empty() ? "" : "/") + wanted[i];
        next.clear();
        for (const auto& name : left)
          if (name.size() > i + 1 && std::find(next.begin(), next.end(), name[i + 1]) == next.end()) next.push_back(name[i + 1]);
      }
      for (const std::string& n : next) list += (list.empty() ? "" : ", ") + n;
      if (next.empty()) return fmt::format("its names end with {}", before);
      if (before.empty()) return fmt::format("names begin with one of {}", list);
      return fmt::format("after {}/ comes one of {}", before, list);
    }
    before += (before.empty() ? "" : "/") + wanted[i];
    names = std::move(left);
  }
}

std::string file_name(const std::string& theorem, std::size_t number) {
  std::string name;
  for (const char c : theorem) name += std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' ? c : '-';
  return fmt::format("{}-{}.toml", name, number);
}

std::vector<std::string> write_counterexamples(const TheoremResult& t, const std::string& folder, const std::string& pair) {
  std::vector<std::string> files;
  for (std::size_t i = 0; i < t.counterexamples.size(); ++i) {
    if (files.empty()) make_folder(folder);
    const Counterexample& c = t.counterexamples[i];
    ScenarioFile file;
    file.world = c.world;
    file.title = fmt::format("Counterexample of {}", t.name);
    file.note = fmt::format("Found by gupdiff prove for {}: {} fails{}.", pair, c.claim,
                            c.cell.empty() ? "" : fmt::format(" in the cell {}", c.cell));
    files.push_back((std::filesystem::path(folder) / file_name(t.name, i + 1)).string());
    write_whole(files.back(), to_text(file));
  }
  return files;
}

/// Keeps the path on which the prover contradicted itself, and says where. Beside `folder`.
void write_kept_path(TheoremResult& t, const std::string& folder) {
  if (t.kept_path.empty()) return;
  const std::filesystem::path place = std::filesystem::path(folder).parent_path() / "internal-errors";
  make_folder(place);
  const std::string file = (place / file_name(t.name, 1)).string();
  write_whole(file, t.kept_path);
  t.internal_error += "; kept in " + file;
}

/// What surrounds the prover while it runs: progress, Ctrl-C, and results of earlier runs.
class Surroundings {
 public:
  Surroundings(ProveOptions& options, const ProvePlaces& places) : line_(places.progress) {
    if (line_.on()) options.progress = [this](const RunnerProgress& p) { line_.show(progress_text(p, line_.columns())); };
    options.interrupted = [] { return interrupting_signal() != 0; };
    if (places.cache.empty() || options.side_effects) return;
    cache_ = std::make_unique<ProofCache>(places.cache, [this](const std::string& sentence) {
      line_.clear();
      remark("gupdiff: warning: " + sentence);
    });
    options.store = &cache_->store();
  }
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;

 private:
  LiveLine line_;
  Interruptible interruptible_;
  std::unique_ptr<ProofCache> cache_;
};

void write_all_counterexamples(ProveRun& run, const std::string& folder, WalkPair pair) {
  for (TheoremResult& t : run.results) write_kept_path(t, folder);
  for (const TheoremResult& t : run.results) run.files.push_back(write_counterexamples(t, folder, pair_name(pair)));
}

ShardFile read_shard(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  if (!in || std::filesystem::is_directory(name)) throw InputError{fmt::format("{}: cannot be read; name a file written by 'gupdiff prove --out'.", name)};
  Json json = Json::parse(in, nullptr, false);
  if (json.is_discarded()) throw InputError{fmt::format("{}: is cut short or no JSON; make the shard anew.", name)};
  return {name, std::move(json)};
}

}  // namespace

std::vector<std::string> matching(WalkPair pair, const std::vector<std::string>& globs) {
  const std::vector<std::string> all = list_theorems(pair);
  if (globs.empty()) return all;
  std::set<std::string> chosen;
  for (const std::string& glob : globs) {
    bool any = false;
    for (const std::string& name : all) {
      if (!glob_matches(glob, name)) continue;
      any = true;
      chosen.insert(name);
    }
    if (any) continue;
    throw InputError{fmt::format("prove {}: no theorem has this name; {} ('gupdiff prove --list' lists all).", glob, allowed_names(glob, all))};
  }
  std::vector<std::string> names;  // in the order they are proved, whatever that of the globs
  for (const std::string& name : all)
    if (chosen.count(name) != 0) names.push_back(name);
  return names;
}

ProveRun prove_named(ProveOptions options, const ProvePlaces& places) {
  require_writable_folder(places.counterexamples);
  ProveRun run;
  {
    const Surroundings surroundings(options, places);
    run.results = prove(options, &run.use);
  }
  write_all_counterexamples(run, places.counterexamples, options.pair);
  return run;
}

ProveRun prove_shard(ProveOptions options, const ProvePlaces& places, Shard shard, const std::string& file) {
  require_writable_folder(places.counterexamples);
  require_writable_file(file);
  const std::vector<Task> all = tasks_of(options);
  std::vector<Task> own;
  for (const std::size_t task : tasks_of_shard(all, shard)) own.push_back(all[task]);
  ProveRun run;
  std::vector<TheoremResult> results;
  {
    const Surroundings surroundings(options, places);
    results = run_tasks(own, options, run.use);
  }
  if (!run.use.interrupted) write_whole(file, json_text(shard_json(options, shard, all, results, run.use)));
  run.results = add_up(own, std::move(results));
  write_all_counterexamples(run, places.counterexamples, options.pair);
  return run;
}

ProveRun merge_files(const std::vector<std::string>& files, const std::string& counterexamples, ProveOptions& options) {
  std::vector<ShardFile> shards;
  for (const std::string& name : files) shards.push_back(read_shard(name));
  require_writable_folder(counterexamples);
  Merged merged = merge_shards(shards);
  options = merged.options;
  ProveRun run;
  run.results = std::move(merged.results);
  run.use = std::move(merged.use);
  write_all_counterexamples(run, counterexamples, options.pair);
  return run;
}

}  // namespace gupdiff
