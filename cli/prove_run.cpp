// SPDX-License-Identifier: GPL-2.0-only
// Runs the theorems that were asked for and keeps their counterexamples.
#include "cli/prove_run.hpp"

#include <unistd.h>

#include <algorithm>

#include "cli/interrupt.hpp"
#include "cli/progress_line.hpp"
#include "cli/terminal.hpp"
#include "report/write_file.hpp"
#include "scenario/input_error.hpp"
#include "scenario/text.hpp"

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

std::vector<std::string> matching(const ProveOptions& options, const std::vector<std::string>& globs) {
  const std::vector<std::string> all = list_theorems(options.pair);
  if (globs.empty()) return all;
  std::vector<std::string> names;
  for (const std::string& glob : globs) {
    bool any = false;
    for (const std::string& name : all) {
      if (!glob_matches(glob, name)) continue;
      any = true;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    if (any) continue;
    throw InputError{fmt::format("prove {}: no theorem has this name; {} ('gupdiff prove --list' lists all).", glob, allowed_names(glob, all))};
  }
  return names;
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

}  // namespace

ProveRun prove_matching(ProveOptions options, const std::vector<std::string>& globs, const std::string& folder,
                        bool show_progress) {
  const std::vector<std::string> names = matching(options, globs);
  if (!folder.empty()) {
    std::error_code error;
    if (std::filesystem::exists(folder, error) && access(folder.c_str(), W_OK) != 0)
      throw InputError{fmt::format("{}: counterexamples cannot be written here; name another folder.", folder)};
  }
  const ProgressLine line;
  if (show_progress && isatty(STDERR_FILENO) == 1) options.progress = [&](const RunnerProgress& p) { line.show(p); };
  const Interruptible interruptible;
  options.interrupted = [] { return interrupting_signal() != 0; };
  const std::string pair = fmt::format("{}:{}", walks()[static_cast<std::size_t>(options.pair.a)].name,
                                       walks()[static_cast<std::size_t>(options.pair.b)].name);
  options.names = names;
  ProveRun run;
  run.results = prove(options, &run.use);
  line.clear();
  for (const TheoremResult& t : run.results) run.files.push_back(write_counterexamples(t, folder, pair));
  return run;
}

void print_proofs(const Json& section, const Json& seconds, const std::string& program) {
  std::size_t width = 0;
  for (const Json& t : section.at("theorems")) width = std::max(width, t.at("theorem").get_ref<const std::string&>().size());
  for (const Json& t : section.at("theorems")) {
    const std::string name = t.at("theorem");
    std::string rows;
    for (const Json& id : t.at("rows")) rows += (rows.empty() ? "  rows " : " ") + id.get<std::string>();
    say("{}  {}  {:>7} paths  {:>7} checks  {:>7.2f} s{}\n", verdict(t.at("verdict").get<std::string>(), 12), padded(name, width),
        t.at("paths").get<std::uint64_t>(), t.at("checks").get<std::uint64_t>(), seconds.value(name, 0.0), rows);
    if (t.contains("detail")) say("{:14}{}\n", "", wrapped(t.at("detail").get<std::string>(), 14));
    if (t.contains("apart"))
      for (const auto& [part, input] : t.at("apart").items())
        say("{:14}{}\n", "", wrapped(fmt::format("apart: {}, shown by {}", part, input.get<std::string>()), 16));
    if (t.contains("counterexamples"))
      for (const Json& file : t.at("counterexamples"))
        say("{:14}{} replay {}\n", "", program, file.get<std::string>());
  }
  say("{}: {} proved, {} refuted, {} vacuous, {} inconclusive\n", verdict(section.at("verdict").get<std::string>()),
      section.at("proved").get<int>(), section.at("refuted").get<int>(), section.at("vacuous").get<int>(),
      section.at("inconclusive").get<int>());
}

}  // namespace gupdiff
