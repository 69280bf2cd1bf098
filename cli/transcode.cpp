// SPDX-License-Identifier: GPL-2.0-only
// gupdiff encode and decode: a scenario from its text form to the binary and back.
#include "cli/command.hpp"
#include "cli/terminal.hpp"
#include "scenario/binary.hpp"
#include "scenario/input_error.hpp"
#include "scenario/normalise.hpp"
#include "scenario/text.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

struct Options {
  std::string in, out;
};

void encode_file(const Options& o) {
  const ScenarioFile file = load(o.in);
  const std::vector<std::uint8_t> bytes = encode(file.world);
  Scenario back;
  decode(bytes, back);
  if (!same_scenario(back, file.world))
    throw InputError{fmt::format("{}: does not fit the binary form, which holds at most {} VMAs, {} entries a level and {} folios.",
                                 o.in, kMaxVmas, kMaxSlots, kMaxFolios)};
  write_whole(o.out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void decode_file(const Options& o) {
  const ScenarioFile file = load(o.in);
  const std::string text = file.binary ? to_text(file.world) : to_text(file);
  if (o.out.empty() || o.out == "-")
    say("{}", text);
  else
    write_whole(o.out, text);
}

}  // namespace

void add_encode(CLI::App& app, Exit&) {
  CLI::App* sub = app.add_subcommand("encode", "Write a scenario in the binary form fuzzers use");
  auto o = std::make_shared<Options>();
  sub->add_option("IN", o->in, "Scenario file")->required();
  sub->add_option("-o,--output", o->out, "File to write")->required();
  sub->callback([o] { encode_file(*o); });
}

void add_decode(CLI::App& app, Exit&) {
  CLI::App* sub = app.add_subcommand("decode", "Write a scenario as text; any bytes are a scenario");
  auto o = std::make_shared<Options>();
  sub->add_option("IN", o->in, "Scenario file, or any bytes")->required();
  sub->add_option("-o,--output", o->out, "File to write; standard output if left out");
  sub->callback([o] { decode_file(*o); });
}

}  // namespace gupdiff
