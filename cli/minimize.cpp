// SPDX-License-Identifier: GPL-2.0-only
// gupdiff minimize: makes one input small while it shows the same finding.
#include <chrono>
#include <stdexcept>

#include "cli/command.hpp"
#include "cli/live_line.hpp"
#include "cli/names.hpp"
#include "cli/stand_in.hpp"
#include "cli/terminal.hpp"
#include "fuzz/finding.hpp"
#include "oracle/judge.hpp"
#include "oracle/run_walk.hpp"
#include "report/finding_folder.hpp"
#include "report/view_text.hpp"
#include "scenario/binary.hpp"
#include "scenario/normalise.hpp"
#include "scenario/shrinker.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Options {
  PairOptions comparison;
  StandInOption stand_in;
  std::string in, out;
  bool json = false;
};

bool is_file_name(const std::string& out) {
  const std::string kind = fs::path(out).extension();
  return kind == ".toml" || kind == ".bin";
}

/// Why there is nothing to keep, and what to do.
std::string no_finding(const std::string& file, const Scenario& w, WalkPair pair, const RowSet& rows) {
  std::string known;
  for (const int r : judge(w, pair, rows).rows())
    known += fmt::format("{}{}", known.empty() ? "" : ",", catalogue()[static_cast<std::size_t>(r)].id);
  const std::string compared = pair_name(pair);
  if (known.empty()) return fmt::format("{}: {} shows no finding on it, so there is none to keep; name the --pair that does.", file, compared);
  return fmt::format("{}: all that {} shows on it is known, so there is no finding to keep; switch off the row that is meant (--without {}).",
                     file, compared, known);
}

Json size_json(const Scenario& w) {
  return {{"entries", table_entries(w)}, {"mappings", w.vmas.size()}, {"pages", w.request.nr_pages}, {"bytes", encode(w).size()}};
}

/// A file was written that does not show what it should.
void verify(const fs::path& file, WalkPair pair, const RowSet& rows, const FindingIdentity& identity) {
  if (!(identify(load(file).world, pair, rows) == identity))
    throw std::logic_error(fmt::format("{} does not show the finding of its scenario", file.string()));
}

/// Writes the one file that was asked for.
void write_one(const fs::path& out, ScenarioFile file) {
  if (out.extension() == ".toml") return write_whole(out, to_text(file));
  const std::vector<std::uint8_t> bytes = encode(file.world);
  write_whole(out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

int minimize(const Options& o) {
  ScenarioFile file = load(o.in);
  if (o.stand_in.any() && !o.comparison.given) throw InputError{"minimize --stand-in: name the pair that it is for with --pair."};
  const WalkPair pair = o.comparison.walks_of(file);
  load_stand_in(o.stand_in, pair);
  const RowSet rows = o.comparison.rows();
  require_walks(pair, file.world.config, o.in);
  const FindingIdentity identity = identify(file.world, pair, rows);
  if (identity.empty()) throw InputError{no_finding(o.in, file.world, pair, rows)};
  Scenario small = file.world;
  normalise(small);
  if (!(identify(small, pair, rows) == identity))
    throw InputError{fmt::format("{}: the finding is lost in the binary form, which holds at most {} VMAs, {} entries a level and {} folios; "
                                 "make it that small first.", o.in, kMaxVmas, kMaxSlots, kMaxFolios)};
  const bool one_file = is_file_name(o.out);
  const fs::path out = o.out.empty() ? fs::path("findings") / finding_name(identity.text()) : fs::path(o.out);
  if (one_file) require_writable_file(out);
  else require_writable_folder(out);

  const auto start = Clock::now();
  int asked = 0;
  {
    LiveLine line(!o.json);
    asked = shrink_finding(small, pair, rows, identity, [&](const Scenario& w, int n) {
      // For a person who waits: only once it takes a while.
      if (n % 64 != 0 || Clock::now() - start < std::chrono::milliseconds(200)) return;
      line.show(fmt::format("minimize: {} tries, {}, {}", n, view_text::plural(table_entries(w), "entry", "entries"),
                            view_text::plural(w.vmas.size(), "mapping", "mappings")));
    });
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const Json before = size_json(file.world);

  ScenarioFile result;
  result.world = small;
  result.note = fmt::format("Made small by gupdiff minimize from {}.", fs::path(o.in).filename().string());
  FuzzFinding finding;
  if (one_file) {
    finding.replay_command = replay_command(out, pair, rows);
    result.title = finding_title(small, pair, rows);
    result.note += " " + finding.replay_command;
    write_one(out, result);
    verify(out, pair, rows, identity);
  } else {
    finding = write_finding(out, result, pair, rows);
    verify(finding.text_file, pair, rows, identity);
    verify(finding.binary_file, pair, rows, identity);
    write_finding_folder(finding, pair, rows);
  }
  if (o.json) {
    Json section = {{"file", o.in}, {"identity", {{"text", identity.text()}, {"pair", identity.pair}, {"facet", identity.facet}, {"step", identity.step}, {"row", identity.row}}},
                    {"before", before}, {"after", size_json(small)}, {"tries", asked}, {"output", out.string()}, {"replay", finding.replay_command},
                    {"run", {{"seconds", seconds}}}};
    say("{}", json_text(section));
    return 0;
  }
  const auto size = [](const Json& s) {
    const auto count = [&](const char* key, const char* one, const char* many) { return view_text::plural(s.at(key).get<std::uint64_t>(), one, many); };
    return fmt::format("{}, {}, {}", count("entries", "table entry", "table entries"), count("mappings", "mapping", "mappings"), count("pages", "page", "pages"));
  };
  say("{}\nfrom {}\nto   {}  ({} tries, {:.2f} s)\n{}\n{}\n", bold(identity.text()), size(before), size(size_json(small)), asked, seconds,
      out.string(), finding.replay_command);
  return 0;
}

}  // namespace

void add_minimize(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("minimize", "Make an input small while it shows the same finding");
  auto o = std::make_shared<Options>();
  sub->add_option("FILE", o->in, "Scenario (text or binary), or any input of an engine")->required();
  sub->add_option("-o,--output", o->out, "Folder of the finding, or a .toml or .bin file; findings/finding-HASH if left out");
  add_comparison(*sub, o->comparison);
  add_stand_in(*sub, o->stand_in);
  sub->add_flag("--json", o->json, "Print identity and sizes as JSON");
  sub->callback([o, &exit] { exit.code = minimize(*o); });
}

}  // namespace gupdiff
