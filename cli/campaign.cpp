// SPDX-License-Identifier: GPL-2.0-only
// gupdiff campaign: fuzzing as a folder that is made, run, looked at, joined and made small.
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/campaign_text.hpp"
#include "cli/command.hpp"
#include "cli/interrupt.hpp"
#include "cli/live_line.hpp"
#include "cli/names.hpp"
#include "cli/scenario_files.hpp"
#include "cli/terminal.hpp"
#include "report/campaign_plots.hpp"
#include "report/campaign_section.hpp"
#include "report/finding_folder.hpp"
#include "report/projections.hpp"
#include "scenario/input_error.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

struct NewOptions {
  std::string folder;
  std::vector<std::string> pairs, architectures, engines, without, seeds;
  bool anything = false, json = false;
  std::uint64_t seed = 1;
};

Engine engine_of(const std::string& name) {
  if (const auto engine = engine_named(name)) return *engine;
  throw InputError{fmt::format("--engine {}: there is no such engine; there are {}.", name, engine_names())};
}

/// Every pair with every engine on every set of architectures.
CampaignSettings settings_of(const NewOptions& o) {
  CampaignSettings s;
  s.seed = o.seed;
  s.tool_version = tool_version();
  for (const std::string& pair : o.pairs.empty() ? std::vector<std::string>{kDefaultPair} : o.pairs)
    for (const std::string& engine : o.engines.empty() ? std::vector<std::string>{"libfuzzer"} : o.engines)
      for (const std::string& set : o.architectures.empty() ? std::vector<std::string>{""} : o.architectures) {
        PairOptions comparison;
        comparison.pair = pair;
        comparison.without = o.without;
        Lane lane;
        lane.pair = comparison.walks();
        lane.enabled = comparison.rows();
        lane.engine = engine_of(engine);
        lane.architectures = architectures_of(lane.pair, set.empty() ? std::vector<std::string>{} : CLI::detail::split(set, ','));
        lane.anything = o.anything;
        lane.name = lane_name(lane);
        for (const Lane& other : s.lanes)
          if (other.name == lane.name) throw InputError{fmt::format("--pair, --engine, --arch: {} is asked for twice.", lane.name)};
        s.lanes.push_back(std::move(lane));
      }
  return s;
}

int run_new(const NewOptions& o) {
  const CampaignSettings settings = settings_of(o);
  const std::vector<std::string> files = o.seeds.empty() ? std::vector<std::string>{} : scenario_files(o.seeds);
  const std::size_t seeds = new_campaign(o.folder, settings, files);
  if (o.json) {
    Json lanes = Json::array();
    for (const Lane& lane : settings.lanes) lanes.push_back(lane.name);
    say("{}", json_text({{"folder", o.folder}, {"lanes", std::move(lanes)}, {"seeds", seeds}}));
  } else {
    for (const Lane& lane : settings.lanes) say("{}\n", lane.name);
    say("{}: a campaign of {} lane{} with {} seed{}; 'gupdiff campaign run {}' runs it\n", bold(o.folder), settings.lanes.size(),
        settings.lanes.size() == 1 ? "" : "s", seeds, seeds == 1 ? "" : "s", o.folder);
  }
  return 0;
}

/// The processors this process may use.
unsigned processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

struct RunOptions {
  CampaignRun run;
  std::string folder;
  bool json = false;
};

int run_run(RunOptions o) {
  o.run.folder = o.folder;
  if (o.run.jobs == 0) o.run.jobs = processors();
  LiveLine line(!o.json);
  CampaignOutcome outcome;
  {
    Interruptible interruptible;
    o.run.stop = [] { return interrupting_signal() != 0; };
    if (line.on()) {
      o.run.tick = [&](const CampaignProgress& p) { line.show(campaign_line(p, line.columns())); };
      o.run.notice = [&](const std::string& text) {
        line.clear();
        remark(text);
      };
    }
    o.run.found = [](const FuzzFinding& f, const Lane& lane) { write_finding_folder(f, lane.pair, lane.enabled); };
    outcome = run_campaign(o.run);
    line.clear();
  }
  const CampaignStatus status = campaign_status(o.run.folder, false);
  Json section = campaign_section(o.run.folder, status);
  if (o.json) {
    section["run"] = {{"campaign", campaign_times(status)}};
    say("{}", json_text(section));
  } else {
    print_campaign(section, campaign_times(status), true);
  }
  if (!outcome.failure.empty()) {
    std::fflush(stdout);
    remark(fmt::format("gupdiff: {}", outcome.failure));
  } else if (outcome.interrupted) {
    std::fflush(stdout);
    remark(fmt::format("gupdiff: interrupted; 'gupdiff campaign resume {}' continues.", o.folder));
    return interrupted_exit_code();
  }
  return outcome.exit_code();
}

struct StatusOptions {
  std::string folder;
  bool strict = false, json = false;
};

int run_status(const StatusOptions& o) {
  const CampaignStatus status = campaign_status(o.folder, o.strict);
  Json section = campaign_section(o.folder, status);
  if (o.json) {
    section["run"] = {{"campaign", campaign_times(status)}};
    say("{}", json_text(section));
  } else {
    print_campaign(section, campaign_times(status), false);
  }
  return o.strict && !status.problems.empty() ? exit_code(RunVerdict::inconclusive) : 0;
}

struct ReportOptions {
  std::string folder, out;
  bool json = false;
};

int run_report(const ReportOptions& o) {
  make_folder(o.out);
  const CampaignStatus status = campaign_status(o.folder, true);
  Sections sections;
  sections.campaign = campaign_section(o.folder, status);
  std::vector<std::string> lanes;
  for (const LaneStatus& l : status.lanes) lanes.push_back(l.lane.name);
  Json times = campaign_times(status);
  times["series"] = campaign_series(status.statistics, lanes);
  std::string warning;
  Json plots = campaign_plots(times["series"], warning);
  if (!warning.empty()) remark("gupdiff: warning: " + warning);
  if (!plots.empty()) times["plots"] = std::move(plots);
  const Json document = results(campaign_head(status), std::move(sections), {{"campaign", std::move(times)}});
  write_report(document, o.out);
  if (o.json) say("{}", json_text(document));
  else say("{}: {}\n", verdict(verdict_word(overall(document))), (std::filesystem::path(o.out) / "index.html").string());
  return exit_code(overall(document));
}

void say_merge(const MergeOutcome& outcome, bool minimize, bool json) {
  if (json) say("{}", json_text(merge_json(outcome)));
  else print_merge(outcome, minimize);
}

void add_new(CLI::App& campaign, Exit& exit) {
  CLI::App* sub = campaign.add_subcommand("new", "Make the folder of a campaign: one lane for each pair, engine and set of architectures");
  auto o = std::make_shared<NewOptions>();
  sub->add_option("DIR", o->folder, "The folder to make")->required();
  sub->add_option("--pair", o->pairs, fmt::format("Two walks to compare, {} if left out; may be repeated", kDefaultPair));
  sub->add_option("--arch", o->architectures, "Architectures of one lane, such as arm64 or x86_64,arm64; all that the pair runs on in one lane if left out; may be repeated");
  sub->add_option("--engine", o->engines, "Engine: " + engine_names() + "; libfuzzer if left out; may be repeated");
  sub->add_option("--without", o->without, "Catalogue rows to switch off, such as D17")->delimiter(',');
  sub->add_flag("--anything", o->anything, "Also states no kernel gets into");
  sub->add_option("--seed", o->seed, "Seed of the whole campaign")->capture_default_str();
  sub->add_option("--seeds", o->seeds, "Scenarios to start from, text or binary, or folders of them");
  sub->add_flag("--json", o->json, "Print what was made as JSON");
  sub->callback([o, &exit] { exit.code = run_new(*o); });
}

void add_run(CLI::App& campaign, Exit& exit, bool resume) {
  CLI::App* sub = resume ? campaign.add_subcommand("resume", "Continue a campaign's last run: with the rest of its time, or with --time")
                         : campaign.add_subcommand("run", "Run a campaign, new or run before, until its time is over or Ctrl-C");
  auto o = std::make_shared<RunOptions>();
  o->run.jobs = 0;
  o->run.resume = resume;
  sub->add_option("DIR", o->folder, "The campaign")->required();
  sub->add_option("--time", o->run.seconds, resume ? "Seconds; what the last run had left if left out" : "Seconds; until Ctrl-C if left out")
      ->check(CLI::PositiveNumber);
  sub->add_option("--jobs", o->run.jobs, "Workers at a time; as many as there are processors if left out")->check(CLI::Range(1, 4096));
  sub->add_option("--slice", o->run.slice, "Seconds of a worker on one lane before the next lane has its turn")->check(CLI::Range(1.0, 1e6))->capture_default_str();
  sub->add_flag("--json", o->json, "Print the campaign section of results.json at the end");
  sub->footer("Exit codes: 0 nothing found, 10 findings, 6 a lane was stopped because its workers crash,\n2 bad input or a full disk, 130 interrupted (143 by SIGTERM).");
  sub->callback([o, &exit] { exit.code = run_run(*o); });
}

void add_status(CLI::App& campaign, Exit& exit) {
  CLI::App* sub = campaign.add_subcommand("status", "What a campaign has done so far, also while it is being run");
  auto o = std::make_shared<StatusOptions>();
  sub->add_option("DIR", o->folder, "The campaign")->required();
  sub->add_flag("--strict", o->strict, "Look at what the inputs reach, too, and end with 5 if the campaign's health is low");
  sub->add_flag("--json", o->json, "Print the campaign section of results.json");
  sub->callback([o, &exit] { exit.code = run_status(*o); });
}

void add_campaign_report(CLI::App& campaign, Exit& exit) {
  CLI::App* sub = campaign.add_subcommand("report", "Write results.json, HTML with plots over time, JUnit and Markdown; ends with the campaign's verdict");
  auto o = std::make_shared<ReportOptions>();
  sub->add_option("DIR", o->folder, "The campaign")->required();
  sub->add_option("-o,--output", o->out, "Folder to write to")->required();
  sub->add_flag("--json", o->json, "Print results.json");
  sub->callback([o, &exit] { exit.code = run_report(*o); });
}

void add_merge(CLI::App& campaign) {
  CLI::App* sub = campaign.add_subcommand("merge", "Add what other corpora cover and this campaign's do not");
  struct Options {
    std::string folder;
    std::vector<std::string> others;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  sub->add_option("DIR", o->folder, "The campaign that is added to")->required();
  sub->add_option("OTHER", o->others, "Campaigns, or folders of scenarios in text or binary form; they are only read")->required();
  sub->add_flag("--json", o->json, "Print what was done as JSON");
  sub->callback([o] { say_merge(merge_into_campaign(o->folder, {o->others.begin(), o->others.end()}), false, o->json); });
}

void add_minimize(CLI::App& campaign) {
  CLI::App* sub = campaign.add_subcommand("minimize", "Make each lane's corpus as small as its coverage allows");
  auto o = std::make_shared<StatusOptions>();
  sub->add_option("DIR", o->folder, "The campaign")->required();
  sub->add_flag("--json", o->json, "Print what was done as JSON");
  sub->callback([o] { say_merge(minimize_campaign(o->folder), true, o->json); });
}

}  // namespace

void add_campaign(CLI::App& app, Exit& exit) {
  CLI::App* sub = app.add_subcommand("campaign", "Fuzz any number of pairs for any time, in a folder that can be stopped and continued");
  sub->require_subcommand(1);
  add_new(*sub, exit);
  add_run(*sub, exit, false);
  add_run(*sub, exit, true);
  add_status(*sub, exit);
  add_campaign_report(*sub, exit);
  add_merge(*sub);
  add_minimize(*sub);
}

}  // namespace gupdiff
