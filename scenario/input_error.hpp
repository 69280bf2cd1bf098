// SPDX-License-Identifier: GPL-2.0-only
// The one error type of the edges: what was wrong with something the user gave
// us, as a sentence. The command line turns it into exit code 2.
#pragma once

#include <string>

namespace gupdiff {

/// Bad input. `message` is one sentence that names the file, the place in it and
/// what to do about it; it needs no further context to be printed.
struct InputError {
  std::string message;
};

}  // namespace gupdiff
