#include "syntax/yaml/yaml.h"

#include <algorithm>

#include "support/utf8.h"
#include "syntax/yaml/part.h"

namespace modelc::syntax {

namespace {

using support::Span;

/// Reports the first byte that is no UTF-8, or a control character.
bool check_bytes(std::string_view text, support::FileId file, diagnostics::Sink& sink) {
  const std::size_t bad = std::min(support::find_bad_utf8(text), text.size());
  for (std::size_t i = 0; i <= bad && i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const Span here{file, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i + 1)};
    if (i == bad) {
      sink.report(here, diag::BadUtf8, i, c).help("save the file as UTF-8");
      return false;
    }
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
      sink.report(here, diag::ControlCharacter, c).help("delete it");
      return false;
    }
  }
  return true;
}

}  // namespace

YamlDocument read_yaml(const support::SourceManager& sources, support::FileId file, diagnostics::Sink& sink,
                       const YamlLimits& limits) {
  const std::string& whole = sources.file(file).text();
  if (whole.size() > limits.bytes) {
    sink.report({file, 0, 0}, diag::YamlTooLarge, whole.size(), limits.bytes).help("keep data in data files");
    return {nullptr, false, false};
  }
  if (!check_bytes(whole, file, sink)) return {nullptr, false, false};
  const std::uint32_t shift = whole.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  const std::string_view text = std::string_view(whole).substr(shift);
  const Passage passage{text, file, shift};
  Faults faults(sink);
  const Part part = read_part(passage, faults, limits);
  if (part.hopeless) return {nullptr, false, false};
  if (!part.whole) return {part.root ? part.root : recover(passage, faults, limits), false, true};
  if (!part.root || part.root->is_null()) {
    sink.report({file, 0, 0}, diag::EmptyDocument)
        .help("a description has `inputs` and then `layers`, or `modules` and `forward`");
    return {nullptr, false, false};
  }
  return {part.root, faults.none(), false};
}

}  // namespace modelc::syntax
