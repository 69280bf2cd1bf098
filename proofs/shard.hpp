// SPDX-License-Identifier: GPL-2.0-only
// A run of the prover divided between machines: each proves one shard of the tasks and
// leaves a document; the documents of all shards are merged into what one run would give.
#pragma once

#include <string>
#include <vector>

#include "proofs/result_json.hpp"
#include "proofs/task.hpp"

namespace gupdiff {

/// Shard `number` of `of`, counted from 1.
struct Shard {
  unsigned number = 1, of = 1;
};

/// The tasks of one shard, as positions in `tasks`: every task is in exactly one shard, and the
/// shards have about the same sum of estimates. The same on every machine.
std::vector<std::size_t> tasks_of_shard(const std::vector<Task>& tasks, Shard shard);

/// The document a machine leaves: what was asked, and a result for each task of its shard.
Json shard_json(const ProveOptions& options, Shard shard, const std::vector<Task>& tasks,
                const std::vector<TheoremResult>& results, const ProveUse& use);

/// A shard's document and the file it came from, for messages.
struct ShardFile {
  std::string name;
  Json json;
};

/// What a merge gives.
struct Merged {
  ProveOptions options;  ///< the pair, the rows and the theorems that were asked for
  std::vector<TheoremResult> results;
  ProveUse use;  ///< sums, but for `seconds`, the longest shard's
};

/// Puts the shards of one run together. Throws InputError, naming a file, if one is no shard
/// of this version of the prover, if they are not of one run, if one is missing or given twice.
Merged merge_shards(const std::vector<ShardFile>& files);

}  // namespace gupdiff
