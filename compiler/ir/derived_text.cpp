#include "ir/derived_text.h"

#include "text/unicode.h"

namespace modelc::ir {

std::string derived_text(const DerivedColumn& column, const std::string& text) {
  switch (column.kind) {
    case DerivedColumn::Strip:
      return text::strip(text, column.texts.at(0));
    case DerivedColumn::Lower:
      return text::lower(text);
    case DerivedColumn::Replace:
      return text::replace(text, column.texts.at(0).value(), column.texts.at(1).value());
    default:
      return text;
  }
}

}  // namespace modelc::ir
