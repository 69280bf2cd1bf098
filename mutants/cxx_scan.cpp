// SPDX-License-Identifier: GPL-2.0-only
#include "mutants/cxx_scan.hpp"

#include <array>
#include <cctype>

#include <fmt/format.h>

#include "scenario/input_error.hpp"

namespace gupdiff {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

constexpr std::string_view kSigns[] = {"<<=", ">>=", "<=>", "->", "::", "&&", "||", "==", "!=", "<=", ">=",
                                       "<<",  "++",  "--",  "+=", "-=", "|=", "&=", "^=", "*=", "/="};

/// Splits a text into tokens.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    while (at_ < text_.size())
      if (!skip()) out_.push_back(token());
    return std::move(out_);
  }

 private:
  bool starts(std::string_view s) const { return text_.substr(at_, s.size()) == s; }
  void step() { line_ += text_[at_++] == '\n'; }

  /// Steps over one piece that is no token.
  bool skip() {
    const char c = text_[at_];
    if (std::isspace(static_cast<unsigned char>(c))) {
      step();
      return true;
    }
    if (starts("//")) {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      return true;
    }
    if (starts("/*")) {
      while (at_ < text_.size() && !starts("*/")) step();
      at_ = at_ < text_.size() ? at_ + 2 : at_;
      return true;
    }
    if (c == '#' && first_on_line()) {
      while (at_ < text_.size() && (text_[at_] != '\n' || text_[at_ - 1] == '\\')) step();
      return true;
    }
    return false;
  }
  bool first_on_line() const {
    std::size_t i = at_;
    while (i > 0 && (text_[i - 1] == ' ' || text_[i - 1] == '\t')) --i;
    return i == 0 || text_[i - 1] == '\n';
  }

  Token token() {
    Token t;
    t.begin = at_;
    t.line = line_;
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      t.kind = Token::Kind::text;
      for (++at_; at_ < text_.size() && text_[at_] != c; ++at_) at_ += text_[at_] == '\\';
      at_ = at_ < text_.size() ? at_ + 1 : text_.size();
    } else if (is_word(c)) {
      t.kind = std::isdigit(static_cast<unsigned char>(c)) ? Token::Kind::number : Token::Kind::word;
      const bool number = t.kind == Token::Kind::number;
      while (at_ < text_.size() && (is_word(text_[at_]) || (number && text_[at_] == '\''))) ++at_;
    } else {
      std::size_t length = 1;
      for (const std::string_view s : kSigns)
        if (starts(s)) {
          length = s.size();
          break;
        }
      // `>>` only where it stands alone: elsewhere it ends two template argument lists.
      if (length == 1 && starts(">> ") && at_ > 0 && text_[at_ - 1] == ' ') length = 2;
      at_ += length;
    }
    t.end = at_;
    return t;
  }

  std::string_view text_;
  std::size_t at_ = 0, line_ = 0;
  std::vector<Token> out_;
};

void match_brackets(CxxSource& s) {
  s.partner.assign(s.tokens.size(), 0);
  std::vector<std::size_t> open;
  const auto fail = [&](std::size_t t) {
    throw InputError{fmt::format("{}:{}: a bracket has no partner; the scanner of the mutants' generator cannot read this file.",
                                 s.path, s.tokens[t].line + 1)};
  };
  for (std::size_t t = 0; t < s.tokens.size(); ++t) {
    if (s.tokens[t].kind != Token::Kind::sign) continue;
    const std::string_view sign = s.at(t);
    if (sign == "(" || sign == "{" || sign == "[") open.push_back(t);
    if (sign != ")" && sign != "}" && sign != "]") continue;
    const std::string_view other = sign == ")" ? "(" : sign == "}" ? "{" : "[";
    if (open.empty() || !s.is(open.back(), other)) fail(t);
    s.partner[t] = open.back();
    s.partner[open.back()] = t;
    open.pop_back();
  }
  if (!open.empty()) fail(open.back());
}

/// Splits the body of a function into statements.
class StatementReader {
 public:
  explicit StatementReader(const CxxSource& s) : s_(s) {}

  /// The statements between two braces.
  std::vector<Statement> list(std::size_t open, std::size_t close) {
    std::vector<Statement> out;
    std::size_t t = open + 1;
    while (t < close) {
      t = behind_labels(t, close);
      if (t >= close) break;
      out.push_back(one(t));
      t = out.back().last + 1;
    }
    return out;
  }

 private:
  std::size_t behind_labels(std::size_t t, std::size_t close) const {
    while (t < close && (s_.is(t, "case") || s_.is(t, "default"))) {
      while (t < close && !s_.is(t, ":")) ++t;
      ++t;
    }
    return t;
  }

  Statement one(std::size_t t) {
    Statement x;
    x.first = t;
    if (s_.is(t, "{")) {
      x.kind = Statement::Kind::block;
      x.last = s_.partner[t];
      x.body = list(t, x.last);
      return x;
    }
    const bool branch = s_.is(t, "if");
    if (branch || s_.is(t, "for") || s_.is(t, "while") || s_.is(t, "switch")) {
      x.kind = branch ? Statement::Kind::branch : Statement::Kind::loop;
      x.is_constexpr = branch && s_.is(t + 1, "constexpr");
      x.open = t + 1 + (x.is_constexpr ? 1 : 0);
      x.close = s_.partner[x.open];
      x.body = held(x.close + 1, x.last);
      if (branch && s_.is(x.last + 1, "else")) x.otherwise = held(x.last + 2, x.last);
      return x;
    }
    for (x.last = t; !s_.is(x.last, ";"); ++x.last)
      if (s_.is(x.last, "(") || s_.is(x.last, "{") || s_.is(x.last, "[")) x.last = s_.partner[x.last];
    return x;
  }

  /// The statement at `t`, or those of the block there; `last` becomes its last token.
  std::vector<Statement> held(std::size_t t, std::size_t& last) {
    Statement x = one(t);
    last = x.last;
    if (x.kind == Statement::Kind::block) return std::move(x.body);
    std::vector<Statement> only;
    only.push_back(std::move(x));
    return only;
  }

  const CxxSource& s_;
};

/// Finds the functions between two tokens outside any function.
void find_functions(CxxSource& s, std::size_t first, std::size_t last, const std::string& scope) {
  std::size_t declaration = first;  // where the declaration at hand begins
  for (std::size_t t = first; t < last; ++t) {
    if (s.is(t, ";")) declaration = t + 1;
    if (s.is(t, "(") || s.is(t, "[")) {
      t = s.partner[t];
      continue;
    }
    if (!s.is(t, "{")) continue;
    const std::size_t close = s.partner[t];
    std::string inner;
    bool function = false;
    Function f;
    for (std::size_t i = declaration; i < t; ++i) {
      if (s.is(i, "template") && s.is(i + 1, "<")) {
        while (!s.is(i, ">")) ++i;
        continue;
      }
      if (s.is(i, "struct") || s.is(i, "class") || s.is(i, "namespace")) {
        for (inner = s.at(++i); s.is(i + 1, "::"); i += 2) inner += "::" + std::string(s.at(i + 2));
        break;
      }
      if (s.is(i, "enum") || s.is(i, "=")) break;
      if (s.is(i, "(")) {
        // The last parentheses are the parameters: operator()() has two pairs.
        function = i > declaration;
        f.name = s.is(i - 1, ")") ? "operator()" : std::string(s.at(i - 1));
        f.parameters_open = i;
        f.parameters_close = s.partner[i];
        i = s.partner[i];
        if (!s.is(i + 1, "(")) break;
      }
    }
    if (function) {
      f.scope = scope;
      f.open = t;
      f.close = close;
      f.body = StatementReader(s).list(t, close);
      s.functions.push_back(std::move(f));
    } else if (!inner.empty()) {
      find_functions(s, t + 1, close, inner);
    }
    t = close;
    declaration = close + 1;
  }
}

}  // namespace

bool CxxSource::spaced(std::size_t token) const {
  const Token& t = tokens[token];
  const auto space = [&](std::size_t i) { return i < text.size() && std::isspace(static_cast<unsigned char>(text[i])); };
  return t.begin > 0 && space(t.begin - 1) && space(t.end);
}

std::string_view CxxSource::between(std::size_t first, std::size_t last) const {
  return std::string_view(text).substr(tokens[first].begin, tokens[last].end - tokens[first].begin);
}

CxxSource scan_cxx(std::string path, std::string text) {
  CxxSource s;
  s.path = std::move(path);
  s.text = std::move(text);
  s.tokens = Lexer(s.text).run();
  match_brackets(s);
  find_functions(s, 0, s.tokens.size(), "");
  return s;
}

}  // namespace gupdiff
