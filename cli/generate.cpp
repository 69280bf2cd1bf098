// SPDX-License-Identifier: GPL-2.0-only
// gupdiff generate: scenarios from a seed, as the fuzzer's generator makes them.
#include "cli/command.hpp"
#include "cli/names.hpp"
#include "cli/terminal.hpp"
#include "scenario/generator.hpp"
#include "scenario/input_error.hpp"
#include "scenario/text.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

struct Options {
  std::uint64_t seed = 1;
  std::uint32_t count = 1;
  std::string folder;
  bool anything = false;
  std::string arch = "x86_64";
};

void generate(const Options& o) {
  make_folder(o.folder);
  const Architecture arch = architecture_named(o.arch);
  Random random(o.seed);
  ScenarioFile file;
  for (std::uint32_t i = 1; i <= o.count; ++i) {
    if (o.anything)
      generate_anything(random, file.world, arch);
    else
      generate_reachable(random, file.world, arch);
    file.title = fmt::format("Generated{}: seed {}, number {}", o.anything ? " from anything at all" : "", o.seed, i);
    write_whole(std::filesystem::path(o.folder) / fmt::format("seed{}-{:06}.toml", o.seed, i), to_text(file));
  }
}

}  // namespace

void add_generate(CLI::App& app, Exit&) {
  CLI::App* sub = app.add_subcommand("generate", "Write scenarios of reachable states, from a seed");
  auto o = std::make_shared<Options>();
  sub->add_option("-o,--output", o->folder, "Folder to write them to")->required();
  sub->add_option("--seed", o->seed, "Seed")->capture_default_str();
  sub->add_option("--count", o->count, "How many")->check(CLI::Range(1u, 1000000u))->capture_default_str();
  sub->add_flag("--anything", o->anything, "Any valid scenario, not only states a kernel can get into");
  sub->add_option("--arch", o->arch, "Architecture of the page tables")->capture_default_str();
  sub->callback([o] { generate(*o); });
}

}  // namespace gupdiff
