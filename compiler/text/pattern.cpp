#include "text/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

namespace modelc::text {
namespace {

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

class Expression final : public Pattern {
 public:
  explicit Expression(pcre2_code* code) : code_(code) {}

  std::vector<Match> matches(std::string_view text) const override {
    std::vector<Match> all;
    const std::unique_ptr<pcre2_match_data, FreeMatch> data(pcre2_match_data_create_from_pattern(code_.get(), nullptr));
    const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
    std::size_t at = 0;
    std::uint32_t options = 0;
    while (at < text.size()) {
      if (pcre2_match(code_.get(), subject, text.size(), at, options, data.get(), nullptr) < 0) break;
      options = PCRE2_NO_UTF_CHECK;  // it was looked at once
      const std::size_t* found = pcre2_get_ovector_pointer(data.get());
      if (found[1] > found[0]) {
        all.emplace_back(found[0], found[1]);
        at = found[1];
        continue;
      }
      at = found[0] + 1;
      while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    }
    return all;
  }

 private:
  std::unique_ptr<pcre2_code, FreeCode> code_;
};

class Literal final : public Pattern {
 public:
  explicit Literal(std::string text) : text_(std::move(text)) {}
  std::vector<Match> matches(std::string_view text) const override {
    std::vector<Match> all;
    if (text_.empty()) return all;
    for (std::size_t at = text.find(text_); at != std::string_view::npos; at = text.find(text_, at + text_.size()))
      all.emplace_back(at, at + text_.size());
    return all;
  }

 private:
  std::string text_;
};

}  // namespace

std::shared_ptr<const Pattern> Pattern::compile(const std::string& expression, std::string& fault) {
  int code = 0;
  std::size_t at = 0;
  pcre2_code* compiled = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
                                       PCRE2_UTF | PCRE2_UCP, &code, &at, nullptr);
  if (compiled) {
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);  // where it cannot, matching is slower and the same
    return std::make_shared<Expression>(compiled);
  }
  char message[160] = {};
  pcre2_get_error_message(code, reinterpret_cast<PCRE2_UCHAR*>(message), sizeof message);
  fault = fmt::format("{} at {}", message, at);
  return nullptr;
}

std::shared_ptr<const Pattern> Pattern::literal(const std::string& text) { return std::make_shared<Literal>(text); }

std::string replaced(const Pattern& pattern, std::string_view text, std::string_view to) {
  std::string result;
  std::size_t at = 0;
  for (const Match& match : pattern.matches(text)) {
    result += text.substr(at, match.first - at);
    result += to;
    at = match.second;
  }
  result += text.substr(at);
  return result;
}

}  // namespace modelc::text
