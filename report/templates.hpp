// SPDX-License-Identifier: GPL-2.0-only
// The mustache templates of report/templates/, compiled in so that the command
// needs no files beside it.
#pragma once

#include <string_view>

namespace gupdiff {

extern const std::string_view kHtmlTemplate;
extern const std::string_view kStyleTemplate;
extern const std::string_view kJunitTemplate;
extern const std::string_view kMarkdownTemplate;

}  // namespace gupdiff
