// SPDX-License-Identifier: GPL-2.0-only
// A unit's result as JSON: how it comes from a child process, and how it is kept in a cache
// or a shard's file. Worlds are scenarios in their text form.
#pragma once

#include <nlohmann/json.hpp>

#include "proofs/prove.hpp"

namespace gupdiff {

using Json = nlohmann::ordered_json;

/// Everything of `result`; empty fields are left out.
Json result_json(const TheoremResult& result);

/// The opposite. Throws InputError if `json` is not such a result; `where` begins the sentence.
TheoremResult result_of(const Json& json, const std::string& where);

}  // namespace gupdiff
