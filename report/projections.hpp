// SPDX-License-Identifier: GPL-2.0-only
// The projections of results.json: a page for people, JUnit XML for CI, a Markdown
// summary for a mail or a pull request; SARIF is in report/sarif.hpp.
#pragma once

#include <filesystem>
#include <string>

#include "report/results.hpp"

namespace gupdiff {

/// One self-contained HTML page: no script, no external file.
std::string html(const Json& document);
/// JUnit XML: a test suite a section, a test case a scenario, theorem or call.
std::string junit(const Json& document);
/// A short summary in Markdown.
std::string markdown(const Json& document);

/// Writes results.json, index.html, junit.xml, summary.md and results.sarif into `folder`, which
/// is created. Each file is written whole or not at all. Throws InputError if the
/// folder cannot be written.
void write_report(const Json& document, const std::filesystem::path& folder);

}  // namespace gupdiff
