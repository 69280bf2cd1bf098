// SPDX-License-Identifier: GPL-2.0-only
// Renders the view of a document through the compiled-in mustache templates.
#include "report/projections.hpp"

#include <kainjow/mustache.hpp>

#include "report/sarif.hpp"
#include "report/templates.hpp"
#include "report/view.hpp"
#include "scenario/write_file.hpp"

namespace gupdiff {
namespace {

namespace mustache = kainjow::mustache;

/// JSON as template data. An empty string becomes false, so that {{#key}} asks
/// whether there is anything to show.
mustache::data to_data(const Json& value) {
  if (value.is_object()) {
    mustache::data out{mustache::data::type::object};
    for (const auto& [key, item] : value.items()) out.set(key, to_data(item));
    return out;
  }
  if (value.is_array()) {
    mustache::data out{mustache::data::type::list};
    for (const Json& item : value) out.push_back(to_data(item));
    return out;
  }
  if (value.is_boolean()) return mustache::data{value.get<bool>()};
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.empty()) return mustache::data{false};
  return mustache::data{text};
}

std::string render(std::string_view text, mustache::data data, const mustache::mustache::escape_handler& escape) {
  mustache::mustache page{std::string(text)};
  page.set_custom_escape(escape);
  return page.render(data);
}

/// XML 1.0 allows no control characters but tab and line ends.
std::string xml_escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 || c == '\t' || c == '\n') out += c;
  }
  return mustache::html_escape(out);
}

/// Inside a Markdown table a bar ends the cell and a line end ends the row.
std::string markdown_escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '_') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

}  // namespace

std::string html(const Json& document) {
  mustache::data data = to_data(view(document));
  data.set("style", std::string(kStyleTemplate));
  return render(kHtmlTemplate, std::move(data), mustache::html_escape<std::string>);
}

std::string junit(const Json& document) {
  return render(kJunitTemplate, to_data(view(document)), xml_escape);
}

std::string markdown(const Json& document) {
  std::string text = render(kMarkdownTemplate, to_data(view(document)), markdown_escape);
  // Sections left out leave their blank lines.
  for (std::size_t at; (at = text.find("\n\n\n")) != std::string::npos;) text.erase(at, 1);
  return text;
}

void write_report(const Json& document, const std::filesystem::path& folder) {
  make_folder(folder);
  write_whole(folder / "results.json", json_text(document));
  write_whole(folder / "index.html", html(document));
  write_whole(folder / "junit.xml", junit(document));
  write_whole(folder / "summary.md", markdown(document));
  write_whole(folder / "results.sarif", sarif(document));
}

}  // namespace gupdiff
