// SPDX-License-Identifier: GPL-2.0-only
// The gupdiff command: hands the command line to its subcommand and turns every
// failure into one sentence and an exit code.
#include <fmt/format.h>

#include <exception>

#include "cli/command.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"
#include "fuzz/corpus_merge.hpp"
#include "report/results.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 all hold, 10 a divergence or refutation, 11 a vacuous proof,\n"
    "5 inconclusive, 1 usage, 2 bad input, 6 internal error, 130 interrupted.\n"
    "'gupdiff COMMAND --help' explains a command.";

/// The subcommand on the command line, or the application itself.
const CLI::App& innermost(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.front());
}

/// "gupdiff campaign run", as it is typed.
std::string command_of(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return app.get_name() + (chosen.empty() ? "" : " " + command_of(*chosen.front()));
}

std::string names_of(const CLI::App& app) {
  std::string names;
  for (const CLI::App* sub : app.get_subcommands({})) names += (names.empty() ? "" : ", ") + sub->get_name();
  return names;
}

std::string flags_of(const CLI::App& app) {
  std::string names;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) continue;
    names += (names.empty() ? "" : ", ") + option->get_name();
  }
  return names;
}

/// The sentence and the exit code for a command line that does not parse.
int complain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& at = innermost(app);
  const bool group = !at.get_subcommands({}).empty();
  const std::string command = command_of(app);
  // A word nobody knows is the better news, whatever else is missing.
  if (const auto extra = app.remaining(true); !extra.empty()) {
    const std::string& what = extra.front();
    if (group && what.rfind('-', 0) != 0)
      remark(fmt::format("{}: there is no command '{}'; the commands are {}.", command, what, names_of(at)));
    else if (what.rfind('-', 0) == 0)
      remark(fmt::format("{}: there is no option '{}'; the options are {}.", command, what, flags_of(at)));
    else
      remark(fmt::format("{}: it takes no argument '{}'; see '{} --help'.", command, what, command));
    return kExitBadInput;
  }
  if (group) {
    remark(fmt::format("{}: name a command: {}.", command, names_of(at)));
    return kExitUsage;
  }
  std::string text = error.what();
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  for (char& c : text) c = c == '\n' ? ' ' : c;
  remark(fmt::format("{}: {}; see '{} --help'.", command, text, command));
  return kExitUsage;
}

int run(int argc, char** argv) {
  CLI::App app{"Compares reference models of the Linux get_user_pages walk before and after\n"
               "\"mm/gup: Unify hugetlb, part 2\": by replay, fuzzing, proof, and against real kernels.",
               "gupdiff"};
  app.footer(kFooter);
  app.set_version_flag("--version", fmt::format("gupdiff {} ({})", tool_version(), tool_commit()));
  app.require_subcommand(1);
  app.fallthrough(false);
  Exit exit;
  exit.program = argv[0];
  add_replay(app, exit);
  add_show(app, exit);
  add_encode(app, exit);
  add_decode(app, exit);
  add_generate(app, exit);
  add_fuzz(app, exit);
  add_campaign(app, exit);
  add_minimize(app, exit);
  add_prove(app, exit);
  add_conform(app, exit);
  add_cost(app, exit);
  add_encoder(app, exit);
  add_exhaust(app, exit);
  add_coverage(app, exit);
  add_health(app, exit);
  add_mutants(app, exit);
  add_report(app, exit);
  add_catalogue(app, exit);
  add_walks(app, exit);
  try {
    app.parse(argc, argv);
    return exit.code;
  } catch (const CLI::Success& done) {
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    return complain(app, error);
  }
}

}  // namespace
}  // namespace gupdiff

int main(int argc, char** argv) {
  using namespace gupdiff;
  if (const auto code = corpus_merge_process(argc, argv)) return *code;
  try {
    const int code = run(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      remark("gupdiff: standard output could not be written.");
      return kExitBadInput;
    }
    return code;
  } catch (const InputError& error) {
    std::fflush(stdout);
    remark("gupdiff: " + error.message);
    return kExitBadInput;
  } catch (const Interrupted&) {
    std::fflush(stdout);
    remark("gupdiff: interrupted.");
    return interrupted_exit_code();
  } catch (const std::exception& error) {
    std::fflush(stdout);
    remark(fmt::format("gupdiff: internal error: {}", error.what()));
    return exit_code(RunVerdict::internal_error);
  }
}
