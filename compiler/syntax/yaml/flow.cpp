// YAML's flow style, `[…]` and `{…}`: reads what the user meant, brackets and strings of the expression language
// respected, and notes each value that YAML cuts or ends elsewhere.
#include <algorithm>
#include <cctype>

#include "syntax/yaml/layout.h"

namespace modelc::syntax {

using diagnostics::Report;

namespace {
bool is_flow_end(char c) { return c == ',' || c == ']' || c == '}' || c == '\0'; }
}  // namespace

LayoutChecker::Offset LayoutChecker::flow_space(Offset i) const {
  while (i < text_.size()) {
    if (is_blank(text_[i]) || is_break(text_[i])) ++i;
    else if (is_comment(i)) i = line_end(text_, i);
    else break;
  }
  return i;
}

LayoutChecker::Offset LayoutChecker::unclosed(Offset open) {
  Report report = faults_.report(span(open, open + 1), diag::YamlUnclosedBracket, std::string(1, text_[open]));
  const int outer = indentation(line_begin(text_, open));
  for (Offset next = next_line(text_, open); next < text_.size(); next = next_line(text_, next)) {
    if (!ends_line(skip_blanks(next)) && indentation(next) <= outer && looks_like_entry(next)) {
      report.note(span(skip_blanks(next), line_end(text_, next)), "YAML takes this line for a part of it");
      break;
    }
  }
  report.help(std::string("close it with `") + (text_[open] == '[' ? "]" : "}") + "`");
  return kStop;
}

bool LayoutChecker::ends_flow_value(Offset i, bool is_key, bool json) const {
  if (is_flow_end(at(i))) return true;
  return is_key && at(i) == ':' && (json || is_space_or_end(at(i + 1)) || is_flow_end(at(i + 1)));
}

/// `f(x) for x in xs` between the brackets.
bool LayoutChecker::is_comprehension(Offset begin, Offset end) const {
  Brackets brackets;
  const std::string_view inner = text_.substr(0, end);
  bool seen = false;
  for (Offset i = begin; i < end;) {
    const Offset after = skip_string(inner, i);
    if (after != i) {
      seen = true;
      i = after;
      continue;
    }
    const bool starts_word = i > begin && is_space_or_end(text_[i - 1]);
    if (brackets.depth() == 0 && starts_word && seen && inner.substr(i, 3) == "for" && is_space_or_end(at(i + 3))) {
      Offset k = i + 3;
      while (k < end && (std::isalnum(static_cast<unsigned char>(text_[k])) ||
                         std::string_view("_,() \t\r\n").find(text_[k]) != std::string_view::npos)) {
        if (k > i + 3 && is_space_or_end(text_[k - 1]) && inner.substr(k, 2) == "in" && is_space_or_end(at(k + 2)))
          return true;
        ++k;
      }
    }
    if (!is_space_or_end(text_[i])) seen = true;
    if (text_[i] == ',' && brackets.depth() == 0) seen = false;
    if (!brackets.feed(text_[i])) return false;
    ++i;
  }
  return false;
}

LayoutChecker::Offset LayoutChecker::collection(Offset open, int parent, std::size_t depth,
                                                std::vector<FlowTrap>& traps) {
  if (depth >= limits_.depth) {
    faults_.report(span(open, open + 1), diag::TooDeep, limits_.depth);
    out_.hopeless = true;
    return kStop;
  }
  const char close = text_[open] == '[' ? ']' : '}';
  const std::size_t before = traps.size();
  Offset p = open + 1;
  while (true) {
    p = flow_space(p);
    if (faults_.too_many()) return out_.hopeless = true, kStop;
    if (traps.size() > diagnostics::Sink::kMost) {
      report_flow(traps);
      return kStop;
    }
    if (p >= text_.size()) return unclosed(open);
    const char c = text_[p];
    if (c == close) break;
    if (c == ']' || c == '}') {
      faults_
          .report(span(p, p + 1), diag::YamlBracketMismatch, std::string(1, text_[open]), std::string(1, c),
                  std::string(1, close))
          .note(span(open, open + 1), "opened here");
      return kStop;
    }
    if (c == ',') {
      traps.push_back({FlowFault::EmptyEntry, p, p + 1, p, {}, false});
      ++p;
      continue;
    }
    if (c == '?' && is_space_or_end(at(p + 1))) p = flow_space(p + 1);
    const Offset entry = p;
    const std::size_t own = traps.size();
    p = flow_value(p, true, parent, depth, traps);
    if (p == kStop) return kStop;
    Offset entry_end = p;
    while (entry_end > entry && is_space_or_end(text_[entry_end - 1])) --entry_end;
    p = flow_space(p);
    if (at(p) == ':') {
      p = flow_space(p + 1);
      if (is_flow_end(at(p))) {
        traps.push_back({FlowFault::KeyEmpty, entry, entry_end, p, {}, false});
      } else {
        p = flow_value(p, false, parent, depth, traps);
        if (p == kStop) return kStop;
        p = flow_space(p);
      }
    } else if (close == '}' && traps.size() == own) {
      FlowTrap trap{FlowFault::KeyAlone, entry, entry_end, p, {}, false};
      // `{dim:1}` lacks nothing but a space.
      const std::string_view key = text_.substr(entry, entry_end - entry);
      const std::size_t colon = key.find(':');
      if (colon != std::string_view::npos && colon > 0 && std::isalnum(static_cast<unsigned char>(key[0])) &&
          colon + 1 < key.size()) {
        trap.patches.push_back({entry + colon + 1, 0, " "});
        trap.certain = true;
      }
      traps.push_back(std::move(trap));
    }
    if (at(p) == ',') ++p;
  }
  if (text_[open] == '[' && is_comprehension(open + 1, p)) {
    traps.resize(before);
    FlowTrap trap{FlowFault::Comprehension, open, p + 1, p, {}, true};
    quote_range(text_, open, p + 1, trap.patches);
    traps.push_back(std::move(trap));
  }
  return p + 1;
}

/// A key or a value; returns where it ends, at a comma, a closing bracket or a key's colon.
LayoutChecker::Offset LayoutChecker::flow_value(Offset p, bool is_key, int parent, std::size_t depth,
                                                std::vector<FlowTrap>& traps) {
  const Offset tagged = p;
  const std::size_t patched = out_.patches.size();
  p = properties(p, parent, !is_key, true);
  if (p != tagged && ends_flow_value(flow_space(p), is_key, true)) return p;
  if (p != tagged && out_.patches.size() != patched && at(p) != '"' && at(p) != '\'' && is_flow_end(at(p))) return p;
  const char c = at(p);
  const std::size_t before = traps.size();
  if (c == '"' || c == '\'') {
    const Offset end = quoted_scalar(p, parent);
    if (end == kStop) return kStop;
    if (ends_flow_value(flow_space(end), is_key, true)) return end;
    if (line_begin(text_, p) != line_begin(text_, end)) {
      faults_.report(span(p, line_end(text_, p)), diag::UnclosedQuote, std::string(1, c))
          .note(span(end - 1, end), "YAML takes this quote for its end")
          .help("close the quote on the line where it opens");
      return kStop;
    }
    return flow_plain(p, is_key, FlowFault::AfterQuote, traps);
  }
  if (c == '[' || c == '{') {
    const Offset end = collection(p, parent, depth + 1, traps);
    if (end == kStop) return kStop;
    const Offset q = flow_space(end);
    if (q >= text_.size() || ends_flow_value(q, is_key, true)) return end;
    traps.resize(before);
    return flow_plain(p, is_key, FlowFault::AfterBracket, traps);
  }
  if (c == '*') {
    Offset q = p + 1;
    while (q < text_.size() && !is_space_or_end(text_[q]) &&
           std::string_view(",]}[{").find(text_[q]) == std::string_view::npos)
      ++q;
    const std::string_view name = text_.substr(p + 1, q - p - 1);
    if (is_anchor(name) && ends_flow_value(flow_space(q), is_key, false)) return q;
    const bool is_word = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char w) {
      return std::isalnum(w) || w == '_' || w == '-';
    });
    if (is_word && !anchors_.empty() && ends_flow_value(flow_space(q), is_key, false)) {
      report_unknown_alias(p, q);
      return q;
    }
    return flow_plain(p, is_key, FlowFault::Star, traps);
  }
  const bool reserved = c == '@' || c == '`' || c == '%' || c == '&' || c == '|' || c == '>' ||
                        ((c == '-' || c == '?') && is_space_or_end(at(p + 1)));
  return flow_plain(p, is_key, reserved ? FlowFault::Reserved : FlowFault::Comma, traps);
}

/// A value that YAML reads as plain, or should not: finds its meant end. `fault` other than Comma is certain already.
LayoutChecker::Offset LayoutChecker::flow_plain(Offset begin, bool is_key, FlowFault fault,
                                                std::vector<FlowTrap>& traps) {
  Brackets brackets;
  const bool loop = is_key && text_.substr(begin, 4) == "for ";
  bool in_head = loop;  // `for k, c in rows: …`
  bool sound = true, comment = false, query = false;
  Offset i = begin, end = begin, colon = kStop, inner = kStop;
  while (true) {
    const char c = at(i);
    // The bound keeps a text of many open brackets from being read over and over.
    const Offset longest = unsound_ < 100 ? 16384 : 128;
    if (c == '\0' || i - begin > longest) {
      sound = brackets.depth() == 0 && c == '\0';
      break;
    }
    if (is_comment(i)) {
      comment = true;
      i = line_end(text_, i);
      continue;
    }
    if (brackets.depth() == 0) {
      if (c == ']' || c == '}') break;
      if (c == ',' && !in_head) break;
      if (c == ':' && (is_space_or_end(at(i + 1)) || is_flow_end(at(i + 1)))) {
        if (is_key) break;
        if (colon == kStop) colon = i;
      }
    }
    if (in_head && is_space_or_end(c) && text_.substr(i + 1, 3) == "in ") in_head = false;
    if (inner == kStop && (c == ',' || c == '[' || c == ']' || c == '{' || c == '}')) inner = i;
    query = query || c == '?';
    const Offset after = skip_string(text_, i);
    if (after != i) {
      const std::size_t cut = text_.substr(0, after).find_first_of(",[]{}", i);
      if (inner == kStop && cut != std::string_view::npos) inner = cut;
      query = query || text_.substr(i, after - i).find('?') != std::string_view::npos;
      if (colon == kStop && text_.substr(i, after - i).find(": ") != std::string_view::npos) colon = i;
      end = i = after;
      continue;
    }
    if (brackets.depth() > 0 && c == ':' && is_space_or_end(at(i + 1)) && colon == kStop) colon = i;
    if (!brackets.feed(c)) {
      sound = false;
      break;
    }
    ++i;
    if (!is_blank(c) && !is_break(c)) end = i;
  }
  if (!sound) {
    ++unsound_;
    // An expression that lacks a bracket: YAML's own cut is taken, the expression's parser names the bracket.
    Offset q = begin;
    while (q < text_.size() && !is_flow_end(text_[q]) && text_[q] != '[' && text_[q] != '{' &&
           !(text_[q] == ':' && is_space_or_end(at(q + 1)) && is_key)) {
      ++q;
    }
    if (at(q) == '[' || at(q) == '{') return unclosed(q);
    if (q == begin) return unclosed(begin);
    return q;
  }
  if (fault == FlowFault::Comma) {
    if (inner != kStop) fault = text_[inner] == ',' ? FlowFault::Comma : FlowFault::Bracket;
    else if (colon != kStop) fault = FlowFault::Colon, inner = colon;
    else {
      // yaml-cpp ends a plain value at `?` where YAML does not: the optional type `int?` is right as it stands.
      if (query) quote_range(text_, begin, end, out_.patches);
      if (comment) {
        Offset k = begin;
        while (k < end && !is_comment(k)) ++k;
        if (k < end) fault = FlowFault::Comment, inner = k;
      }
      if (fault == FlowFault::Comma) return i;
    }
  }
  FlowTrap trap{fault, begin, end, inner == kStop ? end : inner, {}, true};
  quote_range(text_, begin, end, trap.patches);
  if (comment) {
    for (Offset k = begin; k < end; ++k) {
      if (!is_comment(k)) continue;
      const Offset stop = line_end(text_, k);
      if (stop > end) break;
      std::erase_if(trap.patches, [&](const Patch& patch) { return patch.at >= k && patch.at < stop; });
      trap.patches.push_back({k, stop - k, ""});
      trap.certain = false;  // quoting would take the comment along
      k = stop;
    }
  }
  traps.push_back(std::move(trap));
  return i;
}

}  // namespace modelc::syntax
