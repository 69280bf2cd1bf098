// SPDX-License-Identifier: GPL-2.0-only
// Colour, padding and wrapping for the terminal.
#include "cli/terminal.hpp"

#include <unistd.h>

#include <cstdlib>

#include "report/trace_text.hpp"

namespace gupdiff {
namespace {

std::string painted(std::string_view code, std::string_view text) {
  return coloured() ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

}  // namespace

void say(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void remark(std::string_view line) {
  std::fflush(stdout);
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fputc('\n', stderr);
}

bool coloured() {
  const char* off = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && (!off || !*off) && term && std::string_view(term) != "dumb";
}

std::string bold(std::string_view text) { return painted("1", text); }
std::string dim(std::string_view text) { return painted("2", text); }

std::string verdict(std::string_view word, std::size_t width) {
  std::string_view code = "1;31";
  if (word == "holds" || word == "equal" || word == "proved" || word == "match") code = "32";
  if (word == "known" || word == "proved-except") code = "33";
  if (word == "inconclusive" || word == "vacuous" || word == "not modelled") code = "35";
  return painted(code, word) + std::string(width > word.size() ? width - word.size() : 0, ' ');
}

std::size_t columns(std::string_view text) { return text_columns(text); }
std::string padded(std::string_view text, std::size_t width) { return text_padded(text, width); }

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t at = indent;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    if (word.empty()) continue;
    if (at > indent && at + 1 + columns(word) > width) {
      out += '\n' + std::string(indent, ' ');
      at = indent;
    } else if (at > indent) {
      out += ' ';
      ++at;
    }
    out += word;
    at += columns(word);
  }
  return out;
}

}  // namespace gupdiff
