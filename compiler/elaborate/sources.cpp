// The sources of a recipe: `csv(…)`, `synthetic(…)`, `alternate(…)`, `zip(…)`, `source -> with(…)`, with the schema
// that their files' headers tell (LANGUAGE §11).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "ast/raw.h"
#include "catalogue/entry.h"
#include "elaborate/recipe_reader.h"
#include "eval/access.h"
#include "eval/evaluate.h"
#include "formats/arrays.h"
#include "ir/builder.h"
#include "trace/nodes.h"

namespace modelc::elaborate {

using ast::Expr;
using ast::ExprKind;
using catalogue::DrawId;
using catalogue::SourceId;
using formats::ColumnType;
using ir::Draw;
using ir::Source;

std::optional<std::string> RecipeReader::file_argument(const ast::ExprPtr& e, const Scope& scope) {
  const Value v = evaluate(t_, e, scope);
  if (v.is_poison()) return std::nullopt;
  if (v.kind != Value::String) {
    t_.sink.report(e->span, diag::SourceArgument, "a file", v.describe(), "a string");
    return std::nullopt;
  }
  const std::filesystem::path given(v.text);
  if (given.is_absolute() || root_.empty()) return given.lexically_normal().string();
  return (std::filesystem::path(root_) / given).lexically_normal().string();
}

bool RecipeReader::schema_fault(const formats::Fault& fault, Span at, Source& source) {
  if (fault.not_found) {
    source.known = false;
    using Absent = Options::AbsentData;
    if (options_.absent_data == Absent::Ignore) return true;
    if (options_.absent_data == Absent::Refuse) {
      t_.sink.report(at, diag::DataFileNotThere, fault.file).help("`--set data.root=FOLDER` says where the files are");
      return true;
    }
    t_.sink.report(at, diag::DataFileAbsent, fault.file)
        .help("the feed stays unchecked; `--set data.root=FOLDER` says where the files are");
    return true;
  }
  t_.sink.report(at, diag::DataUnreadable, fault.str());
  return false;
}

std::optional<Source> RecipeReader::read_source(const ast::ExprPtr& pointer, const Scope& scope) {
  const Expr& e = *pointer;
  if (e.kind == ExprKind::Hole) return std::nullopt;
  if (e.kind == ExprKind::Raw) return read_source(ast::expression_in(pointer, t_.sink), scope);
  if (e.kind == ExprKind::Conditional) {
    const auto first = decide(t_, e.children[1], scope);
    return first ? read_source(e.children[*first ? 0 : 2], scope) : std::nullopt;
  }
  if (e.kind == ExprKind::Pipe) {
    const Expr& right = *e.children[1];
    if (right.kind != ExprKind::Call || right.children[0]->kind != ExprKind::Name ||
        right.children[0]->text != "with") {
      t_.sink.report(right.span, diag::SourceUnknown, "the right side of `->`")
          .help("`source -> with(kind=\"text\")` adds constant columns");
      return std::nullopt;
    }
    auto inner = read_source(e.children[0], scope);
    if (!inner) return std::nullopt;
    Source source;
    source.kind = SourceId::With;
    source.span = e.span;
    source.known = inner->known;
    source.rows = inner->rows;
    source.shuffle = inner->shuffle;
    source.columns = inner->columns;
    for (const ast::Argument& a : right.args) {
      const Value v = evaluate(t_, a.value, scope);
      const auto constant = to_constant(v);
      if (v.is_poison()) return std::nullopt;
      if (a.name.empty() || !constant || constant->is_list()) {
        t_.sink.report(a.value->span, diag::SourceArgument, "`with`", v.describe(), "`name=constant`");
        return std::nullopt;
      }
      ColumnType column;
      column.name = a.name;
      column.dtype = constant->is_string()  ? types::DType::String
                     : constant->is_float() ? types::DType::Float32
                     : constant->is_bool()  ? types::DType::Bool
                                            : types::DType::Int64;
      source.columns.push_back(column);
      source.constants.emplace_back(a.name, *constant);
    }
    source.parts.emplace_back("", std::move(*inner));
    return source;
  }
  if (e.kind != ExprKind::Call || e.children[0]->kind != ExprKind::Name) {
    t_.sink.report(e.span, diag::SourceUnknown, "this")
        .help("a source is a call: `csv(\"wine.csv\")`, `synthetic(1000, …)`");
    return std::nullopt;
  }
  const std::string& kind = e.children[0]->text;
  const catalogue::Entry* entry = catalogue::find(catalogue::Kind::Source, kind);
  if (!entry || catalogue::id_of<SourceId>(*entry) == SourceId::With) {
    auto report = t_.sink.report(e.children[0]->span, diag::SourceUnknown, fmt::format("`{}`", kind));
    if (!entry) report.did_you_mean(kind, catalogue::names(catalogue::Kind::Source));
    return std::nullopt;
  }
  if (!entry->supported) {
    t_.sink.report(e.span, diag::NotSupportedYet, fmt::format("the source `{}`", kind));
    return std::nullopt;
  }
  Source source;
  source.kind = catalogue::id_of<SourceId>(*entry);
  source.span = e.span;
  if (source.kind == SourceId::Alternate || source.kind == SourceId::Zip)
    return read_combined(e, scope, std::move(source));
  if (source.kind == SourceId::Synthetic) return read_synthetic(e, scope, std::move(source));
  return read_file(e, scope, std::move(source));
}

std::optional<Source> RecipeReader::read_combined(const Expr& e, const Scope& scope, Source source) {
  bool ok = true;
  for (const ast::Argument& a : e.args) {
    if (a.name == "on" && source.kind == SourceId::Zip) {
      const Value v = evaluate(t_, a.value, scope);
      if (v.kind == Value::String) source.on = v.text;
      else ok = false;
      continue;
    }
    if (a.name == "shuffle") {
      const auto shuffle = decide(t_, a.value, scope);
      source.shuffle = shuffle.value_or(true);
      continue;
    }
    auto part = read_source(a.value, scope);
    if (!part) {
      ok = false;
      continue;
    }
    source.known = source.known && part->known;
    source.parts.emplace_back(a.name, std::move(*part));
  }
  if (!ok) return std::nullopt;
  if (source.parts.empty()) {
    t_.sink.report(e.span, diag::SourceArgument, fmt::format("`{}`", catalogue::name_of(source.kind)), "nothing",
                   "sources");
    return std::nullopt;
  }
  if (source.kind == SourceId::Alternate) {
    source.columns = source.parts[0].second.columns;
    return source;
  }
  for (const auto& [name, part] : source.parts) {
    if (source.on.empty() && part.rows >= 0) {
      if (source.rows >= 0 && source.rows != part.rows) {
        t_.sink.report(e.span, diag::ZipRowsDiffer, source.rows, part.rows);
        return std::nullopt;
      }
      source.rows = part.rows;
    }
    for (ColumnType column : part.columns) {
      if (!name.empty()) column.name = name + "." + column.name;
      source.columns.push_back(std::move(column));
    }
  }
  return source;
}

std::optional<Source> RecipeReader::read_file(const Expr& e, const Scope& scope, Source source) {
  bool ok = true;
  std::vector<Span> spans;
  for (const ast::Argument& a : e.args) {
    if (a.name == "shuffle") {
      const auto shuffle = decide(t_, a.value, scope);
      ok &= shuffle.has_value();
      source.shuffle = shuffle.value_or(true);
    } else if (a.name.empty() || (source.kind == SourceId::Csv && a.name == "file") || source.kind == SourceId::Npy ||
               (source.kind == SourceId::Idx && (a.name == "images" || a.name == "labels"))) {
      const auto file = file_argument(a.value, scope);
      ok &= file.has_value();
      if (file) source.files.push_back(*file);
      if (source.kind == SourceId::Npy) source.file_names.push_back(a.name.empty() ? "array" : a.name);
      spans.push_back(a.value->span);
    } else if (source.kind == SourceId::Csv && (a.name == "header" || a.name == "strip")) {
      const auto v = decide(t_, a.value, scope);
      ok &= v.has_value();
      (a.name == "header" ? source.csv.header : source.csv.strip) = v.value_or(true);
    } else if (source.kind == SourceId::Csv && (a.name == "sep" || a.name == "missing" || a.name == "names")) {
      const Value v = evaluate(t_, a.value, scope);
      ok &= !v.is_poison();
      if (a.name == "names" && v.is_null()) continue;
      if (a.name == "names" && v.kind == Value::List) {
        for (const Value& n : v.list->items) source.csv.names.push_back(n.str());
      } else if (a.name == "sep" && v.kind == Value::String && v.text.size() == 1) {
        source.csv.separator = v.text[0];
      } else if (a.name == "missing" && v.kind == Value::String) {
        source.csv.missing = v.text;
      } else if (!v.is_poison()) {
        t_.sink.report(a.value->span, diag::SourceArgument, "`" + a.name + "`", v.describe(),
                       a.name == "names" ? "a list of names"
                       : a.name == "sep" ? "one character"
                                         : "a string");
        ok = false;
      }
    } else {
      t_.sink.report(a.name_span, diag::UnknownArgument, catalogue::name_of(source.kind), a.name);
      ok = false;
    }
  }
  const std::size_t wanted = source.kind == SourceId::Idx ? 2 : 1;
  if (ok && (source.files.size() < wanted || (source.kind != SourceId::Npy && source.files.size() > wanted))) {
    t_.sink.report(e.span, diag::SourceArgument, fmt::format("`{}`", catalogue::name_of(source.kind)),
                   fmt::format("{} files", source.files.size()), wanted == 2 ? "images and labels" : "one file");
    ok = false;
  }
  if (!ok) return std::nullopt;
  const auto schema = [&]() -> formats::Result<formats::Schema> {
    if (source.kind == SourceId::Csv) return formats::inspect_csv(source.files[0], source.csv);
    if (source.kind == SourceId::Idx) return formats::inspect_idx(source.files[0], source.files[1]);
    if (source.kind == SourceId::Npy) return formats::inspect_npy(source.file_names, source.files);
    if (source.kind == SourceId::Npz) return formats::inspect_npz(source.files[0]);
    return formats::inspect_safetensors(source.files[0]);
  }();
  if (!schema) {
    Span at = e.span;
    for (std::size_t i = 0; i < source.files.size(); ++i)
      if (source.files[i] == schema.fault.file && i < spans.size()) at = spans[i];
    if (!schema_fault(schema.fault, at, source)) return std::nullopt;
    return source;
  }
  source.columns = schema.value->columns;
  source.rows = schema.value->rows;
  return source;
}

namespace {

/// `normal(3, 32, 32)`, `randint(0, 5)`, `randint(0, 100, [20])`, `uniform(4, low=0, high=1)`: one row's shape.
bool is_draw(const Expr& e) {
  if (e.kind != ExprKind::Call || e.children[0]->kind != ExprKind::Name) return false;
  return catalogue::find(catalogue::Kind::Draw, e.children[0]->text) != nullptr;
}

}  // namespace

std::optional<Draw> RecipeReader::read_draw(const Expr& e, const Scope& scope) {
  Draw draw;
  const std::string& name = e.children[0]->text;
  const auto id = catalogue::id_of<DrawId>(*catalogue::find(catalogue::Kind::Draw, name));
  draw.kind = id == DrawId::Randn ? DrawId::Normal : id == DrawId::Rand ? DrawId::Uniform : id;
  auto args = evaluate_arguments(t_, e, scope);
  if (!args) return std::nullopt;
  std::vector<std::int64_t> positional;
  bool shape_given = false;
  for (const GivenArgument& a : *args) {
    const Value& v = a.value;
    if (a.name.empty() && v.is_int()) {
      positional.push_back(v.dim.constant());
    } else if (v.kind == Value::List && (a.name.empty() || a.name == "size" || a.name == "shape")) {
      shape_given = true;
      for (const Value& d : v.list->items) {
        if (!d.is_int() || d.dim.constant() < 1) {
          t_.sink.report(a.span, diag::SourceArgument, "`" + name + "`", d.describe(), "sizes");
          return std::nullopt;
        }
        draw.shape.push_back(d.dim.constant());
      }
    } else if (!a.name.empty() && (v.is_int() || v.kind == Value::Float)) {
      if (a.name == "mean" || a.name == "low" || a.name == "a") draw.a = v.as_double();
      else if (a.name == "std" || a.name == "high" || a.name == "b") draw.b = v.as_double();
      else {
        t_.sink.report(a.name_span, diag::UnknownArgument, name, a.name);
        return std::nullopt;
      }
    } else {
      t_.sink.report(a.span, diag::SourceArgument, "`" + name + "`", v.describe(), "sizes");
      return std::nullopt;
    }
  }
  if (draw.kind == DrawId::Randint) {
    if (positional.size() == 2)
      draw.a = static_cast<double>(positional[0]), draw.b = static_cast<double>(positional[1]);
    else if (positional.size() == 1) draw.a = 0, draw.b = static_cast<double>(positional[0]);
    else if (positional.size() > 2) {
      draw.a = static_cast<double>(positional[0]), draw.b = static_cast<double>(positional[1]);
      draw.shape.assign(positional.begin() + 2, positional.end());
    }
    if (draw.b <= draw.a) {
      t_.sink.report(e.span, diag::SourceArgument, "`randint`", fmt::format("the range {} to {}", draw.a, draw.b),
                     "a low below the high");
      return std::nullopt;
    }
  } else if (!shape_given) {
    draw.shape = positional;
  }
  for (std::int64_t n : draw.shape) {
    if (n < 1) {
      t_.sink.report(e.span, diag::SourceArgument, "`" + name + "`", fmt::format("the size {}", n), "at least 1");
      return std::nullopt;
    }
  }
  return draw;
}

std::optional<Source> RecipeReader::read_synthetic(const Expr& e, const Scope& scope, Source source) {
  bool ok = true;
  struct Later {
    std::string name;
    ast::ExprPtr value;
  };
  std::vector<Later> expressions;
  const auto add = [&](const std::string& name, Draw draw, types::DType dtype) {
    ColumnType column;
    column.name = name;
    column.dtype = dtype;
    column.shape = draw.shape;
    source.columns.push_back(column);
    source.draws.emplace_back(name, std::move(draw));
  };
  const auto add_draw = [&](const std::string& name, const Expr& call) {
    const auto draw = read_draw(call, scope);
    if (!draw) {
      ok = false;
      return;
    }
    add(name, *draw, draw->kind == DrawId::Randint ? types::DType::Int64 : types::DType::Float32);
  };
  for (const ast::Argument& a : e.args) {
    if (a.name.empty() || a.name == "rows") {
      const Value v = evaluate(t_, a.value, scope);
      if (v.is_poison()) {
        ok = false;
        continue;
      }
      if (!v.is_int() || v.dim.constant() < 1 || source.rows >= 0) {
        t_.sink.report(a.value->span, diag::SourceArgument, "`synthetic`", v.describe(),
                       "a number of rows, then `name=…`");
        ok = false;
        continue;
      }
      source.rows = v.dim.constant();
    } else if (a.name == "shuffle") {
      source.shuffle = decide(t_, a.value, scope).value_or(true);
    } else if (is_draw(*a.value)) {
      add_draw(a.name, *a.value);
    } else if (a.value->kind == ExprKind::List && std::all_of(a.value->children.begin(), a.value->children.end(),
                                                              [](const auto& c) { return is_draw(*c); })) {
      for (std::size_t i = 0; i < a.value->children.size(); ++i)
        add_draw(fmt::format("{}.{}", a.name, i), *a.value->children[i]);
    } else if (a.value->kind == ExprKind::Comprehension && is_draw(*a.value->children[0])) {
      const auto rows = elements(t_, evaluate(t_, a.value->children[1], scope), a.value->span, "a comprehension");
      if (!rows) {
        ok = false;
        continue;
      }
      for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto draw = read_draw(*a.value->children[0], scope.with_loop(a.value->names[0], (*rows)[i]));
        if (!draw) {
          ok = false;
          break;
        }
        add(fmt::format("{}.{}", a.name, i), *draw,
            draw->kind == DrawId::Randint ? types::DType::Int64 : types::DType::Float32);
      }
    } else {
      expressions.push_back({a.name, a.value});
    }
  }
  if (source.rows < 0) {
    if (ok) t_.sink.report(e.span, diag::SourceArgument, "`synthetic`", "no number of rows", "`synthetic(1000, …)`");
    return std::nullopt;
  }
  // What the model asks for and nothing names is drawn by its type.
  const auto named = [&](const std::string& name) {
    const auto is = [&](const std::string& n) { return n == name || n.starts_with(name + "."); };
    for (const auto& c : source.columns)
      if (is(c.name)) return true;
    for (const auto& l : expressions)
      if (is(l.name)) return true;
    return fed_.count(name) != 0;
  };
  for (const auto& input : model_.inputs) {
    if (named(input.name) || input.type.kind == types::TypeKind::Choice || (input.optional && !input.target)) continue;
    std::function<void(const Type&, const std::string&)> draw_type = [&](const Type& type, const std::string& name) {
      if (!type.is_tensor()) {
        for (std::size_t i = 0; i < type.parts.size(); ++i) draw_type(type.parts[i], fmt::format("{}.{}", name, i));
        return;
      }
      Draw draw;
      const TensorType& t = type.tensor;
      const bool floating = types::is_floating(t.dtype);
      draw.kind = floating ? DrawId::Normal : DrawId::Randint;
      draw.a = 0;
      draw.b = floating ? 1 : t.dtype == types::DType::UInt8 ? 256 : 2;
      for (std::size_t i = 1; i < t.shape.size(); ++i) {
        const Dim d = t.shape[i];
        if (d.is_constant()) {
          draw.shape.push_back(d.constant());
          continue;
        }
        std::map<types::SymbolId, std::int64_t> point;
        for (types::SymbolId s : d.symbols()) {
          const auto& graphs = graphs_;
          point[s] = graphs.empty() ? 8 : graphs[0].conditions.admissible(s, 8).value_or(8);
        }
        draw.shape.push_back(d.evaluate(point).value_or(8));
      }
      add(name, std::move(draw), floating ? types::DType::Float32 : types::DType::Int64);
    };
    draw_type(input.type, input.name);
  }
  for (const Later& later : expressions) {
    // An expression over the whole columns that stand before it.
    ir::Graph graph;
    FeedColumns columns;
    columns.rows = Dim(source.rows);
    columns.columns = &source.columns;
    const Value value = in_feed_graph(
        graph, columns, [&](Tracer& feed, const Scope& feed_scope) { return evaluate(feed, later.value, feed_scope); });
    if (value.is_poison()) {
      ok = false;
      continue;
    }
    const Type type = value.kind == Value::Tensor ? graph.values[value.tensor].type : Type::none();
    if (!type.is_tensor() || type.tensor.rank() < 1 || type.tensor.shape[0] != Dim(source.rows)) {
      t_.sink.report(later.value->span, diag::SourceArgument, fmt::format("the column `{}`", later.name),
                     type.is_tensor() ? type.str() : value.describe(),
                     fmt::format("a tensor with {} rows", source.rows));
      ok = false;
      continue;
    }
    graph.outputs.push_back({later.name, trace::operand(value), type, later.value->span});
    Draw draw;
    draw.kind = DrawId::Graph;
    bool fixed = true;
    for (std::size_t i = 1; i < type.tensor.rank(); ++i) {
      fixed &= type.tensor.shape[i].is_constant();
      draw.shape.push_back(fixed ? type.tensor.shape[i].constant() : 1);
    }
    draw.graph = static_cast<std::uint32_t>(recipe_.column_graphs.size());
    ir::tidy(graph);
    recipe_.column_graphs.push_back(std::move(graph));
    add(later.name, std::move(draw), type.tensor.dtype);
  }
  if (!ok) return std::nullopt;
  return source;
}

}  // namespace modelc::elaborate
