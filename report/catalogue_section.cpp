// SPDX-License-Identifier: GPL-2.0-only
// Lists the catalogue's rows beside what this run saw of them.
#include "report/catalogue_section.hpp"

#include <map>
#include <set>

#include "oracle/catalogue.hpp"
#include "oracle/facet.hpp"

namespace gupdiff {
namespace {

std::string_view reach_word(Reach reach) {
  switch (reach) {
    case Reach::user: return "user space";
    case Reach::invisible: return "invisible";
    case Reach::malformed: break;
  }
  return "malformed";
}

}  // namespace

Json catalogue_section(const Json& replay, const Json& proofs) {
  std::map<std::string, int> replayed, proved;
  if (replay.is_object())
    for (const Json& entry : replay.at("entries")) {
      std::set<std::string> ids;
      for (const Json& facet : entry.at("facets"))
        for (const Json& id : facet.at("rows")) ids.insert(id.get<std::string>());
      for (const std::string& id : ids) ++replayed[id];
    }
  if (proofs.is_object())
    for (const Json& theorem : proofs.at("theorems"))
      for (const Json& id : theorem.at("rows")) ++proved[id.get<std::string>()];

  Json rows = Json::array();
  for (const Row& row : catalogue()) {
    Json facets = Json::array();
    for (int f = 0; f < kFacets; ++f)
      if ((row.facets >> f) & 1u) facets.push_back(facet_name(static_cast<Facet>(f)));
    const std::string id(row.id);
    rows.push_back({{"id", id}, {"title", row.title}, {"facets", facets}, {"reach", reach_word(row.reach)}, {"trigger", row.trigger},
                    {"difference", row.difference}, {"reference", row.reference}, {"witness", row.witness.empty() ? "" : "corpus/divergences/" + std::string(row.witness)},
                    {"seen", {{"replay", replayed[id]}, {"proofs", proved[id]}}}});
  }
  return rows;
}

}  // namespace gupdiff
