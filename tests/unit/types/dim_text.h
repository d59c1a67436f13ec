// A reader of size expressions for the tests of this room: integers, symbols, + - * ** // %, min and max.
#pragma once

#include <cctype>
#include <map>
#include <stdexcept>
#include <string>

#include "types/conditions.h"
#include "types/dim.h"

namespace modelc::types::testing {

class DimText {
 public:
  explicit DimText(DimTable& table) : table_(table) {}

  Dim symbol(const std::string& name) {
    const auto found = symbols_.find(name);
    if (found != symbols_.end()) return found->second;
    return symbols_.emplace(name, table_.symbol(name)).first->second;
  }
  SymbolId id(const std::string& name) { return symbol(name).symbols().at(0); }

  Dim read(const std::string& text) {
    text_ = text;
    at_ = 0;
    const Dim dim = sum();
    if (!peek().empty()) throw std::runtime_error("left over: " + text_.substr(at_) + " in " + text_);
    return dim;
  }

 private:
  std::string peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ == text_.size()) return "";
    const std::string two = text_.substr(at_, 2);
    return two == "//" || two == "**" ? two : text_.substr(at_, 1);
  }
  bool take(const std::string& token) {
    if (peek() != token) return false;
    at_ += token.size();
    return true;
  }
  void want(const std::string& token) {
    if (!take(token)) throw std::runtime_error("wanted " + token + " in " + text_);
  }
  Dim sum() {
    Dim value = product();
    while (true) {
      if (take("+")) {
        value = value + product();
      } else if (take("-")) {
        value = value - product();
      } else {
        return value;
      }
    }
  }
  Dim product() {
    Dim value = unary();
    while (true) {
      if (take("*")) {
        value = value * unary();
      } else if (take("//")) {
        value = floor_div(value, unary());
      } else if (take("%")) {
        value = floor_mod(value, unary());
      } else {
        return value;
      }
    }
  }
  Dim unary() {
    if (take("-")) return -unary();
    const Dim base = primary();
    return take("**") ? dim_pow(base, static_cast<int>(unary().constant())) : base;
  }
  Dim primary() {
    if (take("(")) {
      const Dim value = sum();
      want(")");
      return value;
    }
    peek();
    std::string word;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '$'))
      word += text_[at_++];
    if (word.empty()) throw std::runtime_error("no operand in " + text_);
    if (std::isdigit(static_cast<unsigned char>(word[0]))) return Dim(static_cast<std::int64_t>(std::stoll(word)));
    if (word != "min" && word != "max") return symbol(word);
    want("(");
    const Dim a = sum();
    want(",");
    const Dim b = sum();
    want(")");
    return word == "min" ? dim_min(a, b) : dim_max(a, b);
  }

  DimTable& table_;
  std::map<std::string, Dim> symbols_;
  std::string text_;
  std::size_t at_ = 0;
};

}  // namespace modelc::types::testing
