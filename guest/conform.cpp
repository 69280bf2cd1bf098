// SPDX-License-Identifier: GPL-2.0-only
// Whole capture files against the model of a kernel.
#include "guest/conform.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "guest/compare.hpp"
#include "oracle/run_walk.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

/// The walk that models a captured kernel: captures come from late stable releases.
/// `asked_by`: who names the kernel.
int walk_of(const std::string& kernel, const std::string& asked_by) {
  const int walk = find_walk(kernel == "6.1" ? "v6.1" : kernel == "6.12" ? "v6.12.117" : "");
  if (walk < 0) {
    throw InputError{fmt::format("{}: no walk of kernel {} is modelled; captures can be compared with 6.1 and 6.12", asked_by, kernel)};
  }
  return walk;
}

void check_header(const Capture& c, const std::string& kernel) {
  if (!kernel.empty() && c.kernel != kernel) {
    throw InputError{fmt::format("{}:1: the capture is of kernel {}, not {}; give --kernel {}", c.file, c.kernel, kernel, c.kernel)};
  }
}

void count(ConformCounts& c, Agreement v) {
  if (v == Agreement::match) ++c.match;
  if (v == Agreement::mismatch) ++c.mismatch;
  if (v == Agreement::not_modelled) ++c.not_modelled;
}

Comparison judge_record(const CaptureRecord& r, const CallWord& call, int walk, const RecordedMachine& machine, Machine<Concrete>& m) {
  if (!call.modelled) return {Agreement::not_modelled, "", call.reason};
  if (r.died) return {Agreement::not_modelled, "", "the caller was killed by a signal"};
  const Rebuilt rebuilt = rebuild(r, call, *walks()[static_cast<std::size_t>(walk)].era, machine);
  if (!rebuilt.ok()) return {Agreement::not_modelled, "", rebuilt.reason};
  run_walk(walk, rebuilt.world, m);
  return compare(r, call, rebuilt, m);
}

nlohmann::json counts_json(const ConformCounts& c) {
  return {{"match", c.match}, {"mismatch", c.mismatch}, {"not_modelled", c.not_modelled}};
}

nlohmann::json table_json(const std::map<std::string, ConformCounts>& table) {
  nlohmann::json out = nlohmann::json::object();
  for (const auto& [key, counts] : table) out[key] = counts_json(counts);
  return out;
}

}  // namespace

ConformResult conform(const ConformOptions& options) {
  if (!options.kernel.empty()) walk_of(options.kernel, "--kernel");
  ConformResult result;
  Machine<Concrete> m;
  for (const auto& file : options.files) {
    const Capture c = read_capture(file);
    check_header(c, options.kernel);
    const int walk = walk_of(c.kernel, c.file + ":1");
    const RecordedMachine machine = recorded_machine(c);
    for (const CaptureRecord& r : c.records) {
      if (!r.answered()) continue;
      const CallWord call = parse_call(r.call);
      const Comparison verdict = judge_record(r, call, walk, machine, m);
      count(result.all, verdict.verdict);
      if (call.in_scope) {
        count(result.in_scope, verdict.verdict);
        count(result.by_machine[c.kernel + " " + c.arch], verdict.verdict);
      }
      count(result.by_call[call.api_word], verdict.verdict);
      count(result.by_state_kind[r.state.substr(0, r.state.find('.'))], verdict.verdict);
      if (verdict.verdict == Agreement::not_modelled) ++result.not_modelled_reasons[verdict.detail];
      if (verdict.verdict == Agreement::mismatch) {
        result.mismatches.push_back({c.file, r.line, r.state, r.call, verdict.field, verdict.detail});
      }
    }
  }
  return result;
}

nlohmann::json ConformResult::json() const {
  nlohmann::json out = counts_json(all);
  out["in_scope"] = counts_json(in_scope);
  out["by_machine"] = table_json(by_machine);
  out["by_call"] = table_json(by_call);
  out["by_state_kind"] = table_json(by_state_kind);
  out["mismatches"] = nlohmann::json::array();
  for (const auto& x : mismatches) {
    out["mismatches"].push_back({{"file", x.file}, {"line", x.line}, {"state", x.state}, {"call", x.call},
                                 {"field", x.field}, {"detail", x.detail}});
  }
  out["not_modelled_reasons"] = not_modelled_reasons;
  return out;
}

}  // namespace gupdiff
