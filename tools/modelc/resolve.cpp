// `modelc resolve FILE LINE:COLUMN`: what the name at a place means.
#include "resolve/resolve.h"

#include <fmt/format.h>

#include <charconv>

#include "elaborate/settle.h"
#include "modelc/session.h"
#include "resolve/show.h"
#include "support/counted.h"

namespace modelc::cli {
namespace {

std::optional<support::Position> position(const std::string& text) {
  support::Position at{0, 0};
  const char* const end = text.data() + text.size();
  const auto line = std::from_chars(text.data(), end, at.line);
  if (line.ec != std::errc() || line.ptr == end || *line.ptr != ':') return std::nullopt;
  const auto column = std::from_chars(line.ptr + 1, end, at.column);
  if (column.ec != std::errc() || column.ptr != end || at.line < 1 || at.column < 1) return std::nullopt;
  return at;
}

}  // namespace

int run_resolve(const Invocation& invocation) {
  const std::string& file = invocation.arguments[0];
  const auto asked = position(invocation.arguments[1]);
  if (!asked) {
    return usage_error(fmt::format("`{}` is no LINE:COLUMN such as 12:5", invocation.arguments[1]), "resolve");
  }
  // Faults elsewhere do not matter: an editor asks while the description is being written.
  support::SourceManager sources;
  diagnostics::Sink sink;
  const auto composition = compose::compose(sources, file, invocation.overrides, sink, elaborate::settle);
  if (!composition) {
    show(sink.sorted(), sources, invocation);
    return kFaulty;
  }
  const support::FileId id = composition->root->span.file;
  const support::SourceFile& source = sources.file(id);
  const auto offset = resolve::offset_at(source, asked->line, asked->column);
  if (!offset) {
    return usage_error(fmt::format("{} has no place {}:{}, it has {}", source.path(), asked->line, asked->column,
                                   support::counted(source.line_count(), "line")),
                       "resolve");
  }
  const resolve::Names names = resolve::resolve(*composition->root, composition->files);
  resolve::Meaning meaning;
  if (!names.at(id, *offset, meaning)) {
    print(invocation.format == Format::Json
              ? "null\n"
              : fmt::format("{}:{}:{}: no name stands here\n", source.path(), asked->line, asked->column));
    return kDone;
  }
  print(invocation.format == Format::Json ? resolve::show_json(names, meaning, sources)
                                          : resolve::show_text(names, meaning, sources));
  return kDone;
}

}  // namespace modelc::cli
