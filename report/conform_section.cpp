// SPDX-License-Identifier: GPL-2.0-only
// Adds verdict, kernel and files to the comparison's own JSON.
#include "report/conform_section.hpp"

namespace gupdiff {

Json conform_section(const ConformOptions& options, const ConformResult& result) {
  Json files = Json::array();
  for (const auto& file : options.files) files.push_back(file.string());
  Json out = {{"verdict", verdict_word(result.all.mismatch ? RunVerdict::divergence : RunVerdict::holds)},
              {"kernel", options.kernel},
              {"files", std::move(files)}};
  out.update(Json(result.json()));
  return out;
}

}  // namespace gupdiff
