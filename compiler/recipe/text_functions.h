// Functions of a feed that make columns of text columns before a batch is drawn, and windows of rows. Each gives poison
// after reporting M8350 to M8352, M5, M81.
#pragma once

#include "catalogue/bind.h"
#include "recipe/columns.h"

namespace modelc::recipe {

/// A column of text or a ragged one: no function of torch takes it.
bool is_raw(const Tracer& t, const FeedColumns& columns, const Value& value);

/// `strip lower replace` of a column of text.
Value text_function(Tracer& t, FeedColumns& columns, const GivenArgument& input, const catalogue::Entry& entry,
                    const catalogue::Bound& bound, Span span);
/// The ragged column of a text's tokens.
Value tokens(Tracer& t, FeedColumns& columns, const GivenArgument& input, const catalogue::Bound& bound, Span span);
Value padded(Tracer& t, FeedColumns& columns, const GivenArgument& input, const catalogue::Bound& bound, Span span);
Value lengths(Tracer& t, FeedColumns& columns, const GivenArgument& input, Span span);
Value windows(Tracer& t, FeedColumns& columns, const GivenArgument& input, const catalogue::Bound& bound, Span span);

/// The numbers of pieces of text, by the vocabulary of the rows that train.
Value numbered(Tracer& t, FeedColumns& columns, const Value& pieces, std::int64_t padding, Span span);

/// False after reporting a use of a ragged column that takes an even one.
bool check_ragged(Tracer& t, const FeedColumns& columns);
void report_ragged(Tracer& t, const std::string& column, const std::string& user, Span span);
/// False after reporting that there are too few rows for one window; `rows` is -1 where that is not known.
bool check_windows(Tracer& t, const FeedColumns& columns, std::int64_t rows);

}  // namespace modelc::recipe
