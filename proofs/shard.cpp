// SPDX-License-Identifier: GPL-2.0-only
// Dividing tasks by their estimates, the documents of shards, and merging them.
#include "proofs/shard.hpp"

#include <algorithm>
#include <numeric>

#include "proofs/prover_hash.hpp"
#include "proofs/solver.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

constexpr const char* kFormat = "gupdiff shard of proofs, version 1";

/// What was asked for: the same in every shard of a run.
Json question_json(const ProveOptions& o, const std::vector<Task>& all) {
  Json theorems = Json::array();
  for (const Task& t : all)
    if (theorems.empty() || theorems.back().get_ref<const std::string&>() != t.theorem) theorems.push_back(t.theorem);
  return {{"pair", pair_name(o.pair)},
          {"without", rows_off(o.enabled)},
          {"timeout_seconds", o.timeout_seconds},
          {"max_paths", o.max_paths},
          {"first_only", o.first_only},
          {"cross_check", !o.second.solver.empty()},
          {"theorems", std::move(theorems)}};
}

/// What a difference in a key of the question means, in words.
std::string in_words(const std::string& key) {
  if (key == "pair") return "is about another pair";
  if (key == "without") return "was made with other rows switched off";
  if (key == "theorems") return "was made of other theorems";
  return "was made with another " + key;
}

ProveOptions options_of(const Json& question, const std::string& file) {
  ProveOptions o;
  const auto pair = parse_pair(question.at("pair").get<std::string>());
  if (!pair) throw InputError{file + ": names a pair of walks that this gupdiff does not know."};
  o.pair = *pair;
  for (const Json& id : question.at("without")) {
    const int row = find_row(id.get<std::string>());
    if (row < 0) throw InputError{file + ": names a row that this gupdiff does not know."};
    o.enabled.reset(static_cast<std::size_t>(row));
  }
  o.timeout_seconds = question.at("timeout_seconds").get<double>();
  o.max_paths = question.at("max_paths").get<std::uint64_t>();
  o.first_only = question.at("first_only").get<bool>();
  o.names = question.at("theorems").get<std::vector<std::string>>();
  return o;
}

Shard shard_of(const Json& json, const std::string& file) {
  const Json& pair = json.at("shard");
  const Shard s{pair.at(0).get<unsigned>(), pair.at(1).get<unsigned>()};
  if (s.of == 0 || s.number == 0 || s.number > s.of) throw InputError{file + ": its shard number is out of range; make it anew."};
  return s;
}

std::string shard_name(unsigned number, unsigned of) { return std::to_string(number) + "/" + std::to_string(of); }

Merged merge_whole(const std::vector<ShardFile>& files, const std::string*& at) {
  for (const ShardFile& f : files) {
    at = &f.name;
    if (!f.json.is_object() || f.json.value("format", "") != kFormat)
      throw InputError{f.name + ": is not a shard written by 'gupdiff prove --out'."};
    if (f.json.at("prover") != prover_hash() || f.json.at("solver") != Solver::version())
      throw InputError{f.name + ": was made by another version of the prover or its solver than this gupdiff; make it anew."};
  }
  const ShardFile& first = files.front();
  const Json& question = first.json.at("question");
  const unsigned of = shard_of(first.json, first.name).of;
  std::vector<const ShardFile*> by_number(of);
  for (const ShardFile& f : files) {
    at = &f.name;
    const Shard s = shard_of(f.json, f.name);
    if (s.of != of)
      throw InputError{f.name + ": is shard " + shard_name(s.number, s.of) + ", and " + first.name + " one of " + std::to_string(of) + "; shards of one run belong together."};
    for (const auto& [key, value] : question.items())
      if (f.json.at("question").at(key) != value)
        throw InputError{f.name + ": " + in_words(key) + " than " + first.name + "; shards of one run belong together."};
    if (const ShardFile*& place = by_number[s.number - 1]; place)
      throw InputError{f.name + ": is shard " + shard_name(s.number, of) + " like " + place->name + "; give each shard once."};
    else
      place = &f;
  }
  for (unsigned n = 1; n <= of; ++n)
    if (!by_number[n - 1])
      throw InputError{"prove --merge: shard " + shard_name(n, of) + " is missing; " + first.name + " is one of " + std::to_string(of) + "."};

  Merged merged;
  at = &first.name;
  merged.options = options_of(question, first.name);
  const std::vector<Task> tasks = tasks_of(merged.options);
  if (question_json(merged.options, tasks) != question)
    throw InputError{first.name + ": does not name the theorems that this gupdiff has; make it anew."};
  std::vector<TheoremResult> results(tasks.size());
  for (unsigned n = 1; n <= of; ++n) {
    const ShardFile& f = *by_number[n - 1];
    at = &f.name;
    const Json& list = f.json.at("results");
    const std::vector<std::size_t> own = tasks_of_shard(tasks, {n, of});
    if (list.size() != own.size()) throw InputError{f.name + ": has another number of results than its shard has units; make it anew."};
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (list[i].at("task") != tasks[own[i]].name())
        throw InputError{f.name + ": has a result of '" + list[i].at("task").get<std::string>() + "' where one of '" + tasks[own[i]].name() + "' belongs; make it anew."};
      results[own[i]] = result_of(list[i].at("result"), f.name);
    }
    const Json& use = f.json.at("run");
    merged.use.units += own.size();
    merged.use.cached += use.at("cached").get<std::size_t>();
    merged.use.seconds = std::max(merged.use.seconds, use.at("seconds").get<double>());
    merged.use.cpu_seconds += use.at("cpu_seconds").get<double>();
    merged.use.peak_kib = std::max(merged.use.peak_kib, use.at("peak_kib").get<std::uint64_t>());
    merged.use.peak_all_kib = std::max(merged.use.peak_all_kib, use.at("peak_all_kib").get<std::uint64_t>());
  }
  merged.results = add_up(tasks, std::move(results));
  return merged;
}

}  // namespace

std::vector<std::size_t> tasks_of_shard(const std::vector<Task>& tasks, Shard shard) {
  // The longest first, each to the shard that has least so far.
  std::vector<std::size_t> order(tasks.size()), own;
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return tasks[a].estimate != tasks[b].estimate ? tasks[a].estimate > tasks[b].estimate : a < b;
  });
  std::vector<double> load(shard.of, 0.0);
  for (const std::size_t task : order) {
    const auto least = std::min_element(load.begin(), load.end());
    *least += tasks[task].estimate;
    if (least - load.begin() == static_cast<std::ptrdiff_t>(shard.number) - 1) own.push_back(task);
  }
  std::sort(own.begin(), own.end());
  return own;
}

Json shard_json(const ProveOptions& options, Shard shard, const std::vector<Task>& tasks,
                const std::vector<TheoremResult>& results, const ProveUse& use) {
  Json list = Json::array();
  const std::vector<std::size_t> own = tasks_of_shard(tasks, shard);
  for (std::size_t i = 0; i < own.size(); ++i)
    list.push_back({{"task", tasks[own[i]].name()}, {"result", result_json(results[i])}});
  return {{"format", kFormat},
          {"prover", prover_hash()},
          {"solver", Solver::version()},
          {"shard", {shard.number, shard.of}},
          {"question", question_json(options, tasks)},
          {"results", std::move(list)},
          {"run", {{"cached", use.cached}, {"seconds", use.seconds}, {"cpu_seconds", use.cpu_seconds}, {"peak_kib", use.peak_kib}, {"peak_all_kib", use.peak_all_kib}}}};
}

Merged merge_shards(const std::vector<ShardFile>& files) {
  const std::string* at = nullptr;
  try {
    return merge_whole(files, at);
  } catch (const Json::exception&) {
    throw InputError{*at + ": is not a whole shard; make it anew."};
  }
}

}  // namespace gupdiff
