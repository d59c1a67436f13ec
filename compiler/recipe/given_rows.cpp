#include "recipe/given_rows.h"

#include <fmt/format.h>

#include <filesystem>

#include "ast/raw.h"

namespace modelc::recipe {
namespace {

using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;
using catalogue::SourceId;

bool ends_with(std::string name, std::string_view ending) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name.ends_with(".gz") ? name.substr(0, name.size() - 3).ends_with(ending) : name.ends_with(ending);
}

/// The kind of source that reads such a file or folder.
std::optional<SourceId> kind_of(const std::string& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) return SourceId::Images;
  static constexpr std::pair<std::string_view, SourceId> kEndings[] = {
      {".csv", SourceId::Csv}, {".tsv", SourceId::Csv}, {".data", SourceId::Csv},
      {".txt", SourceId::Csv}, {".npz", SourceId::Npz}, {".safetensors", SourceId::Safetensors},
      {".npy", SourceId::Npy},
  };
  for (const auto& [ending, kind] : kEndings)
    if (ends_with(file, ending)) return kind;
  return std::nullopt;
}

ExprPtr string_expr(const std::string& text, Span span) {
  auto e = std::make_shared<Expr>();
  e->kind = ExprKind::String;
  e->text = text;
  e->span = span;
  return e;
}

/// The first call of a source of this kind in an expression over sources, perhaps with what `->` adds to it.
ExprPtr call_of(const ExprPtr& e, SourceId kind) {
  if (!e) return nullptr;
  if (e->kind == ExprKind::Raw) return e->children.empty() ? nullptr : call_of(e->children[0], kind);
  if (e->kind == ExprKind::Conditional) {
    const ExprPtr found = call_of(e->children[0], kind);
    return found ? found : call_of(e->children[2], kind);
  }
  if (e->kind == ExprKind::Pipe) return call_of(e->children[0], kind) ? e : nullptr;
  if (e->kind != ExprKind::Call || e->children[0]->kind != ExprKind::Name) return nullptr;
  const catalogue::Entry* entry = catalogue::find(catalogue::Kind::Source, e->children[0]->text);
  if (!entry) return nullptr;
  if (catalogue::id_of<SourceId>(*entry) == kind) return e;
  for (const ast::Argument& argument : e->args)
    if (const ExprPtr found = call_of(argument.value, kind)) return found;
  return nullptr;
}

/// The call with another file in place of its first argument; of a pipe its first part.
ExprPtr with_file(const ExprPtr& e, const ExprPtr& file) {
  auto other = std::make_shared<Expr>(*e);
  if (e->kind == ExprKind::Pipe || e->kind == ExprKind::Raw) {
    other->children[0] = with_file(e->children[0], file);
    return e->kind == ExprKind::Raw ? other->children[0] : other;
  }
  if (e->kind != ExprKind::Call) return e;
  const catalogue::Entry& entry = *catalogue::find(catalogue::Kind::Source, e->children[0]->text);
  for (ast::Argument& argument : other->args) {
    const bool first = argument.name.empty() ? &argument == other->args.data()
                                             : !entry.arguments.empty() && argument.name == entry.arguments[0].name;
    if (!first) continue;
    argument.value = file;
    return other;
  }
  return other;
}

ExprPtr plain_call(SourceId kind, const ExprPtr& file, const std::string& text) {
  auto name = std::make_shared<Expr>();
  name->kind = ExprKind::Name;
  name->text = catalogue::entry(kind).name;
  name->span = file->span;
  auto call = std::make_shared<Expr>();
  call->kind = ExprKind::Call;
  call->span = file->span;
  call->children = {name};
  ast::Argument argument;
  // An array in a file of its own is the column of the file's name.
  if (kind == SourceId::Npy) argument.name = std::filesystem::path(text).stem().string();
  argument.name_span = file->span;
  argument.value = file;
  call->args = {argument};
  if (kind == SourceId::Csv && ends_with(text, ".tsv")) {
    ast::Argument separator;
    separator.name = "sep";
    separator.name_span = file->span;
    separator.value = string_expr("\t", file->span);
    call->args.push_back(separator);
  }
  return call;
}

}  // namespace

std::optional<ir::Source> read_given_rows(const Given& given, const std::string& root, const ExprPtr& train,
                                          std::vector<ir::Graph>& column_graphs) {
  const GivenRows& rows = given.options.rows;
  Options strict = given.options;
  strict.absent = Options::Absent::Refuse;
  const Given asked{given.statics, given.model, given.graphs, strict};
  // Paths of the command line are seen from where the command runs.
  if (rows.source) return read_source({asked, "", column_graphs}, rows.source, given.scope());
  const auto kind = kind_of(rows.file);
  if (!kind) {
    given.statics.fault(rows.span, diag::SourceUnknown, fmt::format("`{}`", rows.file))
        .help(
            "a file ends in .csv, .tsv, .npz, .npy or .safetensors, perhaps .gz, or is a folder of images; any other "
            "is "
            "named by its source: `--data 'csv(\"rows.txt\", sep=\";\")'`");
    return std::nullopt;
  }
  const ExprPtr file = string_expr(rows.file, rows.span), like = call_of(train, *kind);
  return read_source({asked, root, column_graphs}, like ? with_file(like, file) : plain_call(*kind, file, rows.file),
                     given.scope());
}

}  // namespace modelc::recipe
