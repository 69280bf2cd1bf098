// SPDX-License-Identifier: GPL-2.0-only
// campaign.toml, written and read, and the folder around it.
#include "fuzz/campaign_settings.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "fuzz/campaign_folder.hpp"
#include "fuzz/finding.hpp"
#include "fuzz/input_file.hpp"
#include "scenario/binary.hpp"
#include "scenario/text.hpp"
#include "scenario/toml_reader.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {

namespace fs = std::filesystem;

namespace {

std::string quoted_list(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& w : words) out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", w);
  return "[" + out + "]";
}

/// A name that is a folder's on every system, and one word to a shell.
bool good_name(const std::string& name) {
  constexpr const char* kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+";
  return !name.empty() && name.size() <= 120 && name[0] != '.' && name[0] != '-' &&
         name.find_first_not_of(kLetters) == std::string::npos;
}

ArchitectureSet read_architectures(TomlReader& in, WalkPair pair) {
  ArchitectureSet set = 0;
  for (const std::string& name : in.texts("architectures")) {
    int found = -1;
    for (int a = 0; a < kArchitectures; ++a)
      if (architecture_names()[static_cast<std::size_t>(a)] == name) found = a;
    if (found < 0)
      in.fail("architectures", fmt::format("there is no architecture '{}'; there are {}", name, architecture_list(kAllArchitectures, ", ")));
    const Config c = usual_config(static_cast<Architecture>(found));
    for (const int w : {pair.a, pair.b})
      if (const WalkEntry& walk = walks()[static_cast<std::size_t>(w)]; !runs_on(walk, c))
        in.fail("architectures", fmt::format("{} is not modelled on {}; walks of {}", walk.name, name, walks_on(c)));
    set |= 1u << static_cast<unsigned>(found);
  }
  if (set == 0) in.fail("architectures", "[[lane]] needs at least one of architectures");
  return set;
}

Lane read_lane(const toml::table& table, const std::string& file) {
  TomlReader in(table, file, "[[lane]]");
  Lane lane;
  lane.name = in.required_text("name");
  if (!good_name(lane.name))
    in.fail("name", fmt::format("'{}' cannot be the name of a folder: use letters, digits and _ - . +", lane.name));
  const std::string pair = in.required_text("pair"), engine = in.text("engine", "libfuzzer");
  const auto walks_named = parse_pair(pair);
  if (!walks_named) in.fail("pair", fmt::format("'{}' is no pair of walks; 'gupdiff walks' lists them", pair));
  lane.pair = *walks_named;
  const auto engine_found = engine_named(engine);
  if (!engine_found) in.fail("engine", fmt::format("this gupdiff has no engine '{}'", engine));
  lane.engine = *engine_found;
  lane.architectures = read_architectures(in, lane.pair);
  for (const std::string& id : in.texts("without")) {
    const int row = find_row(id);
    if (row < 0) in.fail("without", fmt::format("the catalogue has no row '{}'; 'gupdiff catalogue' lists them", id));
    lane.enabled.reset(static_cast<std::size_t>(row));
  }
  lane.anything = in.boolean("anything", false);
  in.finish();
  return lane;
}

/// Inputs by their names, from scenario files of either form.
std::map<std::string, std::vector<std::uint8_t>> load_seeds(const std::vector<std::string>& files) {
  std::map<std::string, std::vector<std::uint8_t>> out;
  for (const std::string& file : files) {
    std::vector<std::uint8_t> bytes = encode(load(file).world);
    std::string name = input_name(bytes);
    out.emplace(std::move(name), std::move(bytes));
  }
  return out;
}

}  // namespace

std::string architecture_list(ArchitectureSet set, std::string_view between) {
  std::string out;
  for (const std::string& name : architecture_names(set)) out += (out.empty() ? "" : std::string(between)) + name;
  return out;
}

std::string lane_name(const Lane& lane) {
  std::string pair = pair_name(lane.pair);
  std::replace(pair.begin(), pair.end(), ':', '_');
  return fmt::format("{}.{}.{}", pair, engine_name(lane.engine), architecture_list(lane.architectures, "+"));
}

std::string to_toml(const CampaignSettings& s) {
  std::string out = fmt::format(
      "# A gupdiff campaign. Lanes may be added and changed while it is not being run; a lane keeps\n"
      "# its corpus as long as it keeps its name.\n"
      "format = {}\ngupdiff = \"{}\"\nseed = \"{}\"\n",
      kCampaignFormat, s.tool_version, s.seed);
  for (const Lane& lane : s.lanes)
    out += fmt::format("\n[[lane]]\nname = \"{}\"\npair = \"{}\"\nengine = \"{}\"\narchitectures = {}\nwithout = {}\nanything = {}\n",
                       lane.name, pair_name(lane.pair), engine_name(lane.engine), quoted_list(architecture_names(lane.architectures)),
                       quoted_list(rows_off(lane.enabled)), lane.anything);
  return out;
}

CampaignSettings read_settings(const fs::path& file) {
  const std::string name = file.string();
  toml::table table;
  try {
    table = toml::parse_file(name);
  } catch (const toml::parse_error& e) {
    throw InputError{fmt::format("{}:{}: {}", name, e.source().begin.line, e.description())};
  }
  TomlReader in(table, name, "campaign.toml");
  const std::uint64_t format = in.required_number("format", ~std::uint64_t{0});
  const std::string version = in.text("gupdiff", "another version");
  if (format != kCampaignFormat)
    in.fail("format", fmt::format("a campaign of format {}, made by gupdiff {}, and this gupdiff reads format {}: continue it with that "
                                  "one, or make a new campaign and 'gupdiff campaign merge' the corpora of this one into it",
                                  format, version, kCampaignFormat));
  CampaignSettings out;
  out.tool_version = version;
  out.seed = in.number("seed", 1, ~std::uint64_t{0});
  for (const toml::table* t : in.tables("lane")) {
    out.lanes.push_back(read_lane(*t, name));
    for (std::size_t i = 0; i + 1 < out.lanes.size(); ++i)
      if (out.lanes[i].name == out.lanes.back().name)
        throw InputError{fmt::format("{}:{}: two lanes are named '{}': give each a name of its own", name,
                                     static_cast<int>(t->source().begin.line), out.lanes[i].name)};
  }
  in.finish();
  if (out.lanes.empty()) throw InputError{fmt::format("{}: has no [[lane]]: nothing to fuzz", name)};
  return out;
}

std::size_t new_campaign(const fs::path& folder, const CampaignSettings& settings, const std::vector<std::string>& seed_files) {
  const CampaignPaths paths{folder};
  std::error_code error;
  if (fs::exists(paths.settings(), error))
    throw InputError{fmt::format("{}: is a campaign already; 'gupdiff campaign run {}' continues it", folder.string(), folder.string())};
  if (fs::exists(folder, error) && (!fs::is_directory(folder, error) || !fs::is_empty(folder, error)))
    throw InputError{fmt::format("{}: is there already and not an empty folder; name a new one", folder.string())};
  const auto seeds = load_seeds(seed_files);
  make_campaign_folder(folder);
  make_campaign_folder(paths.findings());
  make_campaign_folder(paths.seeds());
  for (const auto& [name, bytes] : seeds)
    write_input(paths.seeds() / name, bytes);
  for (const Lane& lane : settings.lanes) make_campaign_folder(paths.corpus(lane.name));
  // Last: a folder without it is no campaign.
  write_whole(paths.settings(), to_toml(settings));
  return seeds.size();
}

}  // namespace gupdiff
