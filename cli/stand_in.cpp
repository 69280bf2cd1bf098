// SPDX-License-Identifier: GPL-2.0-only
#include "cli/stand_in.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>

#include "cli/names.hpp"
#include "fuzz/target.hpp"
#include "oracle/stand_in.hpp"
#include "proofs/symbolic.hpp"
#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

template <class D>
bool layout_is(const unsigned long* layout) {
  return layout[0] == sizeof(World<D>) && layout[1] == sizeof(Machine<D>) && layout[2] == sizeof(ExpectedWalk);
}

template <class D>
void install(int walk, const StandInCalls& calls) {
  StandIn<D>::of = walk;
  StandIn<D>::calls = calls;
}

/// Opens `file` and lets it stand in for `walk`. It stays open to the end of the process.
void open_module(const std::string& given, int walk, const std::string& file) {
  // A name without a slash would be looked for among the system's libraries.
  const std::string path = std::filesystem::absolute(file).string();
  void* const module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!module) throw InputError{fmt::format("--stand-in {}: {}.", given, dlerror())};
  const auto* layout = static_cast<const unsigned long*>(dlsym(module, "gupdiff_stand_in_layout"));
  const StandInCalls calls = {reinterpret_cast<StandInCalls::Walk*>(dlsym(module, "gupdiff_stand_in_walk")),
                              reinterpret_cast<StandInCalls::Expected*>(dlsym(module, "gupdiff_stand_in_expected"))};
  if (!layout || !calls.walk || !calls.expected)
    throw InputError{fmt::format("--stand-in {}: is no stand-in; build it of proofs/stand_in_module.cpp (docs/stand-in.md).", given)};
  if (layout_is<Concrete>(layout)) {
    install<Concrete>(walk, calls);
    gupdiff_target_stand_in(walk, calls.walk, calls.expected);
  } else if (layout_is<Symbolic>(layout)) {
    install<Symbolic>(walk, calls);
  } else {
    throw InputError{fmt::format("--stand-in {}: was built of other sources than this program; build both again.", given)};
  }
}

}  // namespace

void add_stand_in(CLI::App& sub, StandInOption& option) {
  sub.add_option("--stand-in", option.given,
                 "WALK=FILE: run that walk by a shared object made of patched models (docs/stand-in.md); one FILE a domain");
}

void load_stand_in(const StandInOption& option, WalkPair pair) {
  std::string first;
  for (const std::string& given : option.given) {
    const auto equals = given.find('=');
    if (equals == std::string::npos) throw InputError{fmt::format("--stand-in {}: give WALK=FILE, as v6.10=mutant.so.", given)};
    const std::string name = given.substr(0, equals);
    const int walk = find_walk(name);
    if (walk < 0) throw InputError{fmt::format("--stand-in {}: there is no walk {}; there are {}.", given, name, walk_names())};
    if (walk != pair.a && walk != pair.b)
      throw InputError{fmt::format("--stand-in {}: {} is not of the pair {} that is compared.", given, name, pair_name(pair))};
    if (!first.empty() && first != walk_name(walk))
      throw InputError{fmt::format("--stand-in {}: {} has a stand-in already; one walk of a pair can have one.", given, first)};
    first = walk_name(walk);
    open_module(given, walk, given.substr(equals + 1));
  }
}

void require_provable_stand_in(const StandInOption& option) {
  if (!option.any() || (StandIn<Symbolic>::of >= 0 && StandIn<Concrete>::of >= 0)) return;
  throw InputError{fmt::format("prove --stand-in {}: a proof takes two files, one over solver terms (GUPDIFF_STAND_IN_TERMS) and one over "
                               "plain words; give --stand-in twice (docs/stand-in.md).", option.given.front())};
}

}  // namespace gupdiff
