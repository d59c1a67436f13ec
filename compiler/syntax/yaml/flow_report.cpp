// What is said of values in `[…]` and `{…}` that YAML cuts or ends elsewhere, and how each line is mended.
#include <algorithm>

#include "syntax/yaml/layout.h"

namespace modelc::syntax {

using diagnostics::Report;

void LayoutChecker::report_flow(std::vector<FlowTrap>& traps) {
  // One report a line: several values cut in one line have one cause and one corrected line.
  for (std::size_t i = 0; i < traps.size();) {
    std::vector<FlowTrap*> others;
    FlowTrap* first = &traps[i];
    std::size_t k = i + 1;
    while (k < traps.size() && line_begin(text_, traps[k].begin) == line_begin(text_, traps[i].begin)) {
      // What can be mended leads: a key without a value beside it is most often the rest of a cut.
      if (first->patches.empty() && !traps[k].patches.empty()) {
        others.push_back(first);
        first = &traps[k];
      } else {
        others.push_back(&traps[k]);
      }
      ++k;
    }
    report_trap(*first, others);
    i = k;
  }
  for (const FlowTrap& trap : traps) {
    out_.patches.insert(out_.patches.end(), trap.patches.begin(), trap.patches.end());
    if (trap.patches.empty()) out_.readable = false;
  }
}

void LayoutChecker::report_trap(FlowTrap& trap, std::vector<FlowTrap*> others) {
  const support::Span place = span(trap.begin, trap.end);
  const std::string text = word(trap.begin, trap.end);
  const Offset behind = skip_blanks(trap.begin);
  const auto make = [&]() -> Report {
    switch (trap.fault) {
      case FlowFault::Comma:
        return faults_.report(place, diag::FlowCutsAtComma, text);
      case FlowFault::Bracket:
        return faults_.report(place, diag::FlowStopsAtBracket, text, std::string(1, at(trap.cut)));
      case FlowFault::KeyAlone:
      case FlowFault::KeyEmpty:
        return faults_.report(place, diag::FlowKeyWithoutValue, text);
      case FlowFault::Star:
        return faults_.report(place, diag::BareGlob, text);
      case FlowFault::Comprehension:
        return faults_.report(place, diag::BareComprehension, text);
      case FlowFault::AfterBracket:
      case FlowFault::AfterQuote: {
        Offset end = behind;
        if (trap.fault == FlowFault::AfterQuote) {
          end = skip_string(text_, behind);
        } else {
          Brackets brackets;
          do {
            const Offset after = skip_string(text_, end);
            if (after == end) brackets.feed(text_[end++]);
            else end = after;
          } while (end < trap.end && brackets.depth() > 0);
        }
        const Offset rest = std::min(flow_space(end), trap.end);
        const std::string closing(1, end > 0 ? text_[end - 1] : '\0');
        if (trap.fault == FlowFault::AfterQuote)
          return faults_.report(span(rest, trap.end), diag::GoesOnAfterQuote, word(rest, trap.end));
        return faults_.report(span(rest, trap.end), diag::GoesOnAfterBracket, closing, word(rest, trap.end));
      }
      case FlowFault::Colon:
        return faults_.report(place, diag::ColonInValue, word(trap.begin, trap.cut));
      case FlowFault::Comment:
        return faults_.report(place, diag::CutByComment,
                              word(std::min(next_line(text_, trap.cut), trap.end), trap.end));
      case FlowFault::Reserved:
        return faults_.report(place, diag::ReservedStart, std::string(1, at(trap.begin)));
      case FlowFault::EmptyEntry:
        break;
    }
    Offset before = trap.begin;
    while (before > 0 && is_space_or_end(text_[before - 1])) --before;
    return faults_.report(place, diag::EmptyFlowEntry, std::string(1, before > 0 ? text_[before - 1] : ' '));
  };
  Report report = make();
  if (trap.fault == FlowFault::Comma) {
    Offset cut_end = trap.cut;
    while (cut_end > trap.begin && is_space_or_end(text_[cut_end - 1])) --cut_end;
    report.note(span(trap.cut, trap.cut + 1),
                "YAML ends the value `" + word(trap.begin, cut_end) + "` here and begins another entry");
  }
  std::vector<Patch> all = trap.patches;
  std::size_t noted = 0;
  for (const FlowTrap* other : others) {
    constexpr std::size_t kNotes = 5;
    if (++noted <= kNotes)
      report.note(span(other->begin, other->end), other->patches.empty() ? "for YAML this has no value" : "likewise");
    all.insert(all.end(), other->patches.begin(), other->patches.end());
  }
  const Offset last = others.empty() ? trap.end : std::max(trap.end, others.back()->end);
  if (all.empty()) {
    if (trap.fault == FlowFault::KeyAlone) {
      report.help("write `" + text +
                  ": VALUE`; quote the whole value if a comma inside it cut it; use `[…]` for a list");
    } else if (trap.fault == FlowFault::KeyEmpty) {
      report.help("write the value, or `" + text + ": null`");
    } else {
      report.help("delete the comma, or write `null`");
    }
    return;
  }
  const std::string line =
      corrected(std::min(trap.begin, others.empty() ? trap.begin : others.front()->begin), last, all);
  if (trap.fault == FlowFault::KeyAlone) report.help("put a space behind the colon: `" + line + "`");
  else report.help("quote it: `" + line + "`, or give each entry a line of its own");
  if (trap.certain) {
    const auto edit = [&](const FlowTrap& one) {
      if (!one.certain) return;
      if (one.fault == FlowFault::KeyAlone) report.fix(span(one.patches[0].at, one.patches[0].at), " ");
      else report.fix(span(one.begin, one.end), quoted(text_.substr(one.begin, one.end - one.begin)));
    };
    edit(trap);
    for (const FlowTrap* other : others) {
      if (!other->patches.empty()) edit(*other);
    }
  }
}

}  // namespace modelc::syntax
