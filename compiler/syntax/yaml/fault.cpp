// What yaml-cpp refuses, said so that the cause is named: the suspicions of the layout first, its message last.
#include <algorithm>
#include <map>

#include "support/utf8.h"
#include "syntax/yaml/layout.h"

namespace modelc::syntax {

namespace {

std::string words(std::string_view text, std::size_t begin, std::size_t end) {
  std::string_view part =
      begin <= text.size() ? text.substr(begin, std::min(end, text.size()) - begin) : std::string_view();
  while (!part.empty() && is_space_or_end(part.back())) part.remove_suffix(1);
  const std::size_t line = line_end(part, 0);
  part = part.substr(0, line);
  return support::shortened(part, 60);
}

/// yaml-cpp's texts that are met in practice, in the user's terms.
const std::map<std::string, std::string>& causes() {
  static const std::map<std::string, std::string> table = {
      {"illegal map value", "a `:` stands where no key can be, expected a value"},
      {"end of map not found",
       "this does not belong to the mapping above it, expected a key in the column of the other keys"},
      {"end of sequence not found",
       "this does not belong to the list above it, expected `- ` in the column of the other items"},
      {"end of map flow not found",
       "a mapping in `{…}` is not closed or lacks a comma, expected `,` or `}` before this"},
      {"end of sequence flow not found",
       "a list in `[…]` is not closed or lacks a comma, expected `,` or `]` before this"},
      {"illegal block entry", "a `- ` stands where no list item can be"},
      {"illegal map key", "a `? ` stands where no key can be"},
      {"illegal flow end", "a closing bracket stands here that nothing opened"},
      {"illegal tab when looking for indentation", "a tab stands in the indentation, expected spaces"},
      {"illegal EOF in scalar", "the file ends inside a quoted text, expected the closing quote"},
      {"illegal document indicator in scalar",
       "`---` or `...` stands inside a quoted text, expected the closing quote before it"},
      {"unknown token", "this character cannot begin a value in YAML, expected quotes around the value"},
      {"unexpected character in block scalar",
       "only `|` or `>`, a digit, `+` or `-` may stand on the first line of a block text"},
      {"cannot set zero indentation for a block scalar", "a block text cannot have the indentation 0"},
      {"cannot assign multiple anchors to the same node", "a value has two anchors, expected one"},
      {"aliases can't have any content, *including* tags",
       "an alias has an anchor or a tag of its own, expected the alias alone"},
  };
  return table;
}

}  // namespace

void explain_fault(const Passage& passage, std::size_t at, const std::string& message,
                   const std::vector<Suspect>& suspects, Faults& faults) {
  const std::string_view text = passage.text;
  at = std::min(at, text.size());
  const auto inside = [&](const support::Span& span) {
    return words(passage.text, span.begin - passage.shift, span.end - passage.shift);
  };
  for (const Suspect& suspect : suspects) {
    if (suspect.place.begin - passage.shift > next_line(text, at)) break;
    const std::string word = inside(suspect.place);
    switch (suspect.kind) {
      case Suspicion::MissingColon: {
        auto report = faults.report(suspect.place, diag::MissingColon, word);
        const std::size_t colon = word.find(':');
        const std::size_t space = word.find(' ');
        if (colon != std::string::npos && colon > 0) {
          report.help("put a space behind the colon: `" + word.substr(0, colon + 1) + " " + word.substr(colon + 1) +
                      "`");
        } else if (space == std::string::npos) {
          report.help("write `" + word + ":` and the value behind it or on deeper indented lines below");
        }
        return;
      }
      case Suspicion::NestedUnderValue: {
        const std::string value = inside(suspect.other);
        faults.report(suspect.place, diag::NestedUnderValue, word, value)
            .note(suspect.other, "the value `" + value + "` stands here")
            .help(
                "move the line out to the column of its neighbours, or take the value away; quote a value of several "
                "lines that contains `: `");
        return;
      }
      case Suspicion::Indentation: {
        const std::size_t begin = suspect.place.begin - passage.shift;
        const std::size_t own = begin - line_begin(text, begin);
        faults.report(suspect.place, diag::BadIndentation, own + 1, suspect.expected)
            .help("indent it like the entries it belongs to");
        return;
      }
      case Suspicion::BlockDedent: {
        const std::size_t begin = suspect.place.begin - passage.shift;
        faults
            .report(suspect.place, diag::BadIndentation, begin - line_begin(text, begin) + 1,
                    "at least that of the first line of its block")
            .note(suspect.other, "the block begins here");
        return;
      }
    }
  }
  const auto known = causes().find(message);
  std::string cause;
  if (known != causes().end()) cause = known->second;
  else if (message == "bad file") cause = "the document is nested too deeply to be read";
  else cause = "YAML cannot read this: " + message;
  std::size_t begin = at;
  while (begin > 0 && begin == text.size() && is_space_or_end(text[begin - 1])) --begin;
  const std::size_t end = std::max(begin, std::min(line_end(text, begin), text.size()));
  faults.report(passage.span(begin, end), diag::YamlSyntax, cause)
      .help("look at this line and the one before it: indentation, an open bracket or quote, a missing colon");
}

}  // namespace modelc::syntax
