// SPDX-License-Identifier: GPL-2.0-only
// Writing queries down, asking them, and saying where the two answers differ.
#include "proofs/second_opinion.hpp"

#include <unistd.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "proofs/explorer.hpp"
#include "proofs/second_solver.hpp"
#include "scenario/fnv.hpp"

namespace gupdiff {
namespace {

/// `name` as part of a file's name.
std::string file_part(std::string_view name) {
  std::string out;
  for (const char c : name) out += std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' ? c : '-';
  return out;
}

/// What a query named `asked` by the explorer asks, in words.
std::string in_words(std::string_view asked) {
  constexpr std::string_view core = " core";
  if (asked.size() > core.size() && asked.substr(asked.size() - core.size()) == core)
    return in_words(asked.substr(0, asked.size() - core.size())) + " The part that contradicts itself, kept for other paths.";
  if (asked == "assumptions") return "Can the theorem's assumptions all hold?";
  if (asked == "branch") return "Can the other side of a branch be taken after this path?";
  if (asked == "inference") return "Can what was inferred on this path without a solver be wrong?";
  return "Can the claim '" + std::string(asked) + "' fail on this path?";
}

std::string sixteen_digits(std::uint64_t v) {
  std::ostringstream out;
  out << std::hex;
  out.width(16);
  out.fill('0');
  out << v;
  return out.str();
}

}  // namespace

void SecondOpinionCounts::add(const SecondOpinionCounts& o) {
  queries += o.queries;
  inferences += o.inferences;
  agreed += o.agreed;
  none += o.none;
  if (why_none.empty()) why_none = o.why_none;
}

SecondOpinion::SecondOpinion(const TermArena& arena, const SecondOpinionOptions& options, std::string theorem,
                             std::string cell)
    : arena_(arena), options_(options), theorem_(std::move(theorem)), cell_(std::move(cell)) {}
SecondOpinion::~SecondOpinion() = default;

bool SecondOpinion::samples(std::uint64_t hash) const {
  return !options_.solver.empty() && options_.inference_rate != 0 && hash % options_.inference_rate == 0;
}

void SecondOpinion::ask_inference(std::span<const Term* const> conditions) {
  const std::uint64_t before = counts_.queries;
  ask("inference", conditions, Answer::unsat);
  counts_.inferences += counts_.queries - before;
}

void SecondOpinion::ask(std::string_view asked, std::span<const Term* const> conditions, Answer expected,
                        bool implied) {
  const std::string assertions = smt_assertions(arena_, conditions);
  if (options_.solver.empty() && options_.folder.empty()) return;
  if (!seen_.insert(fnv1a(assertions) + implied).second) return;
  const std::string script = smt_script({theorem_, cell_, in_words(asked), expected}, assertions);
  if (!options_.folder.empty()) write(options_.folder, asked, script);
  if (options_.solver.empty() || implied) return;
  ++counts_.queries;
  if (!solver_) solver_ = std::make_unique<SecondSolver>(options_.solver, options_.query_ms);
  const SecondAnswer answer = solver_->check(assertions);
  if (answer.answer == expected) {
    ++counts_.agreed;
  } else if (answer.answer == Answer::sat || answer.answer == Answer::unsat) {
    const std::string file = write(options_.disagreements, asked, script);
    throw ProverError{"a second opinion differs: of '" + std::string(asked) + "' we say " + std::string(answer_name(expected)) +
                      ", " + options_.solver + " says " + std::string(answer_name(answer.answer)) + ": " + file};
  } else {
    ++counts_.none;
    if (counts_.why_none.empty()) counts_.why_none = answer.why;
  }
}

std::string SecondOpinion::write(const std::string& folder, std::string_view asked, const std::string& script) {
  namespace fs = std::filesystem;
  const fs::path at = fs::path(folder) / file_part(theorem_) / (cell_.empty() ? "whole" : file_part(cell_));
  const fs::path file = at / (file_part(asked) + "-" + sixteen_digits(fnv1a(script)) + ".smt2");
  std::error_code error;
  if (fs::exists(file, error)) return file.string();  // by its name it holds the same
  fs::create_directories(at, error);
  // Another worker may write the same file now: the last rename wins, and both hold the same.
  const fs::path part = file.string() + "." + std::to_string(getpid()) + "-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + ".part";
  {
    std::ofstream out(part, std::ios::binary);
    out << script;
    if (!out.flush()) throw ProverError{file.string() + ": the query could not be written"};
  }
  fs::rename(part, file, error);
  if (error) throw ProverError{file.string() + ": the query could not be written: " + error.message()};
  return file.string();
}

std::string find_program(const std::string& name) {
  const auto runs = [](const std::string& path) {
    std::error_code error;
    return std::filesystem::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string::npos) return runs(name) ? name : std::string();
  const char* path = getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (!folder.empty() && runs(folder + "/" + name)) return folder + "/" + name;
  return {};
}

}  // namespace gupdiff
