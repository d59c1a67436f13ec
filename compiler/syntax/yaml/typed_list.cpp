// A declaration whose value is a list in block style, below `TYPE =`:
//   depths: list[int] =
//     - 3
//     - 4
// YAML reads the lines below as more of the plain scalar, dashes and all. Read as `list[int] = [3, 4]`.
#include "syntax/yaml/layout.h"

namespace modelc::syntax {

/// The items' lines become a list in brackets. Gives the line after them; kStop where this is no such list, or one of
/// more than plain items.
LayoutChecker::Offset LayoutChecker::typed_list(Offset begin, Offset end, int parent) {
  Offset equals = end;
  while (equals > begin && is_blank(text_[equals - 1])) --equals;
  if (equals == begin || text_[equals - 1] != '=' || equals - 1 == begin || text_[equals - 2] == '=') return kStop;
  std::vector<Patch> patches;
  Offset from = equals, next = next_line(text_, end);  // where the item before ends
  int column = -1;
  while (next < text_.size()) {
    const Offset dash = skip_blanks(next);
    if (ends_line(dash)) {
      next = next_line(text_, dash);
      continue;
    }
    const int indent = indentation(next);
    if (indent <= parent || starts_document(next)) break;
    if (column < 0) column = indent;
    const Offset item = skip_blanks(dash + 1);
    if (indent != column || at(dash) != '-' || item == dash + 1 || ends_line(item)) return kStop;
    Offset stop = line_end(text_, item);
    if (key_colon(item, stop) != stop || !is_balanced(text_, item, stop)) return kStop;
    for (Offset i = item; i < stop; ++i)
      if (is_comment(i)) return kStop;
    while (is_blank(text_[stop - 1])) --stop;
    patches.push_back({from, item - from, patches.empty() ? " [" : ", "});
    from = stop;
    next = next_line(text_, stop);
  }
  if (patches.empty()) return kStop;
  patches.push_back({from, 0, "]"});
  out_.patches.insert(out_.patches.end(), patches.begin(), patches.end());
  last_value_end_ = from;
  awaits_value_ = false;
  return next;
}

}  // namespace modelc::syntax
