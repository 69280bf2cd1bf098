// SPDX-License-Identifier: GPL-2.0-only
// Lays the fuzz section out for the terminal.
#include "cli/fuzz_text.hpp"

#include "cli/terminal.hpp"

namespace gupdiff {

void print_fuzz(const Json& s, const Json& times) {
  for (const Json& f : s.at("findings"))
    say("{}  {}\n         {}\n", verdict("finding"), wrapped(f.at("first_difference").get<std::string>(), 9),
        f.at("replay").get<std::string>());
  if (s.contains("failure")) say("{}  {}\n", verdict("failure"), s.at("failure").get<std::string>());
  const std::size_t findings = s.at("findings").size();
  std::string architectures;
  for (const Json& a : s.value("architectures", Json::array()))
    architectures += (architectures.empty() ? "" : ", ") + a.get<std::string>();
  say("{}: {} pairs of walks on {} in {:.1f} s ({:.0f} a second), {} edges covered, {} inputs kept, {} finding{}\n",
      verdict(s.at("verdict").get<std::string>()), s.at("executions").get<std::uint64_t>(), architectures, times.value("seconds", 0.0),
      times.value("rate", 0.0), s.at("coverage").get<std::uint64_t>(), s.at("corpus").get<std::uint64_t>(), findings,
      findings == 1 ? "" : "s");
}

}  // namespace gupdiff
