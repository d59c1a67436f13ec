// Regular expressions of PCRE2 over UTF-8, with Unicode's classes for `\w`, `\d`, `\s`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelc::text {

/// Begin and end of a match, in bytes.
using Match = std::pair<std::size_t, std::size_t>;

class Pattern {
 public:
  /// nullptr and why in `fault`.
  static std::shared_ptr<const Pattern> compile(const std::string& expression, std::string& fault);
  /// A text that stands for itself.
  static std::shared_ptr<const Pattern> literal(const std::string& text);
  virtual ~Pattern() = default;
  /// All matches in order, none over another; none of no bytes. A text that is no UTF-8 has none. Any thread may ask.
  virtual std::vector<Match> matches(std::string_view text) const = 0;
};

/// Every match becomes `to`.
std::string replaced(const Pattern& pattern, std::string_view text, std::string_view to);

}  // namespace modelc::text
