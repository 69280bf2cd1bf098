// SPDX-License-Identifier: GPL-2.0-only
// Adds verdict, kernel and files to the comparison's own JSON.
#include "report/conform_section.hpp"

namespace gupdiff {
namespace {

/// The kernel asked for, or those the captures name.
std::string kernels_of(const ConformOptions& options, const ConformResult& result) {
  if (!options.kernel.empty()) return options.kernel;
  std::string text, last;
  for (const auto& [machine, counts] : result.by_machine) {
    const std::string kernel = machine.substr(0, machine.find(' '));
    if (kernel == last) continue;
    text += (text.empty() ? "" : ", ") + kernel;
    last = kernel;
  }
  return text;
}

}  // namespace

Json conform_section(const ConformOptions& options, const ConformResult& result) {
  Json files = Json::array();
  for (const auto& file : options.files) files.push_back(file.string());
  Json out = {{"verdict", verdict_word(result.all.mismatch ? RunVerdict::divergence : RunVerdict::holds)},
              {"kernel", kernels_of(options, result)},
              {"files", std::move(files)}};
  out.update(Json(result.json()));
  return out;
}

}  // namespace gupdiff
