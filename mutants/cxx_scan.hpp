// SPDX-License-Identifier: GPL-2.0-only
// Reads C++ as text: tokens, brackets, functions and statements, as far as the generator of
// mutants needs them. It knows the style of the model sources, not the language: no macros,
// no raw strings, no digraphs; a binary operator has a space on both sides, a template's
// bracket has not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gupdiff {

/// One token. Comments, white space and preprocessor lines are none.
struct Token {
  enum class Kind : unsigned char { word, number, text, sign };
  Kind kind = Kind::sign;
  std::size_t begin = 0, end = 0;  ///< bytes of the source
  std::size_t line = 0;            ///< from 0
};

/// One statement of a function; token numbers are inclusive.
struct Statement {
  enum class Kind : unsigned char { simple, branch, loop, block };
  Kind kind = Kind::simple;
  std::size_t first = 0, last = 0;
  std::size_t open = 0, close = 0;     ///< branch, loop: the parentheses of the condition
  bool is_constexpr = false;           ///< `if constexpr`
  std::vector<Statement> body;         ///< what a branch, loop or block holds
  std::vector<Statement> otherwise;    ///< behind `else`
};

/// A function with a body.
struct Function {
  std::string name;
  std::string scope;                  ///< innermost struct or namespace around it
  std::size_t parameters_open = 0, parameters_close = 0;  ///< token numbers of the parentheses
  std::size_t open = 0, close = 0;                        ///< of the braces
  std::vector<Statement> body;
};

/// A source file, read.
struct CxxSource {
  std::string path;  ///< in the project
  std::string text;
  std::vector<Token> tokens;
  std::vector<std::size_t> partner;  ///< of a bracket: the token number of the other one
  std::vector<Function> functions;

  std::string_view at(std::size_t token) const {
    const Token& t = tokens[token];
    return std::string_view(text).substr(t.begin, t.end - t.begin);
  }
  bool is(std::size_t token, std::string_view s) const { return token < tokens.size() && at(token) == s; }
  /// Whether a space stands on both sides of the token.
  bool spaced(std::size_t token) const;
  /// The text of tokens `first` to `last`, inclusive.
  std::string_view between(std::size_t first, std::size_t last) const;
};

/// Reads `text`, the file at `path`. Unbalanced brackets are an InputError that names the line.
CxxSource scan_cxx(std::string path, std::string text);

}  // namespace gupdiff
