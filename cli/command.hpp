// SPDX-License-Identifier: GPL-2.0-only
// What a subcommand is: one file, one function that adds it to the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace gupdiff {

/// Where a subcommand leaves its exit code; it runs while the command line is parsed.
struct Exit {
  int code = 0;
  std::string program;  ///< argv[0], for replay commands that can be pasted
};

void add_replay(CLI::App& app, Exit& exit);
void add_show(CLI::App& app, Exit& exit);
void add_encode(CLI::App& app, Exit& exit);
void add_decode(CLI::App& app, Exit& exit);
void add_generate(CLI::App& app, Exit& exit);
void add_exhaust(CLI::App& app, Exit& exit);
void add_campaign(CLI::App& app, Exit& exit);
void add_fuzz(CLI::App& app, Exit& exit);
void add_minimize(CLI::App& app, Exit& exit);
void add_prove(CLI::App& app, Exit& exit);
void add_conform(CLI::App& app, Exit& exit);
void add_cost(CLI::App& app, Exit& exit);
void add_encoder(CLI::App& app, Exit& exit);
void add_coverage(CLI::App& app, Exit& exit);
void add_health(CLI::App& app, Exit& exit);
void add_mutants(CLI::App& app, Exit& exit);
void add_report(CLI::App& app, Exit& exit);
void add_catalogue(CLI::App& app, Exit& exit);
void add_walks(CLI::App& app, Exit& exit);

}  // namespace gupdiff
