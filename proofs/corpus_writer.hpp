// SPDX-License-Identifier: GPL-2.0-only
// Explored paths as scenarios in their binary form: a corpus that comes to every feasible
// path, for the fuzzers to begin with.
#pragma once

#include <string>

#include "model/domain/domain.hpp"
#include "model/machine/world.hpp"

namespace gupdiff {

/// Writes scenarios into one folder. Names are hashes of the content, files appear whole; so
/// any number of processes may write into the same one.
class CorpusWriter {
 public:
  explicit CorpusWriter(std::string folder);
  /// Writes what is left of `world` in a valid scenario (tidy()). Throws InputError if the
  /// folder cannot be written to.
  void put(World<Concrete> world);

 private:
  std::string folder_, temporary_;
};

}  // namespace gupdiff
