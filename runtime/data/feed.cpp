#include "data/feed.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>

#include "data/random.h"
#include "data/windows.h"
#include "plan/make_plan.h"

namespace modelc::data {
namespace {

// A list output stands for several inputs, `xs.0`, `xs.1`.
void flatten(const std::string& name, const ir::Operand& operand, support::Span span, std::vector<std::string>& names,
             std::vector<ir::Operand>& roots, std::vector<support::Span>& spans) {
  if (operand.kind == ir::Operand::List) {
    for (std::size_t i = 0; i < operand.list().size(); ++i)
      flatten(fmt::format("{}.{}", name, i), operand.list()[i], span, names, roots, spans);
    return;
  }
  if (operand.kind != ir::Operand::Value) return;
  names.push_back(name);
  roots.push_back(operand);
  spans.push_back(span);
}

exec::Executor make_executor(const ir::Graph& graph, const std::vector<ir::Operand>& operands) {
  std::vector<plan::Root> roots;
  for (const ir::Operand& operand : operands) roots.push_back({{}, operand});
  return exec::Executor(plan::make_plan(graph, {}, roots), nullptr);
}

bool is_wanted(const std::string& name, const std::vector<std::string>& wanted) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
           return name == one || name.starts_with(one + ".");
         });
}

exec::Executor make_executor(const ir::Graph& graph, const std::vector<std::string>& wanted,
                             std::vector<std::string>& names, std::vector<ir::Operand>& roots,
                             std::vector<support::Span>& spans) {
  for (const ir::Output& output : graph.outputs)
    if (is_wanted(output.name, wanted)) flatten(output.name, output.value, output.span, names, roots, spans);
  return make_executor(graph, roots);
}

template <class Visit>
void visit_values(const ir::Operand& operand, Visit visit) {
  if (operand.kind == ir::Operand::Value) visit(operand.value);
  for (const ir::Operand& part : operand.list()) visit_values(part, visit);
}

/// Of the columns' own rows those behind the rows of a value that are `bad`: of a window all of its steps.
std::vector<std::int64_t> rows_behind(const at::Tensor& bad, const std::vector<std::int64_t>& rows) {
  const std::size_t width = rows.size() / static_cast<std::size_t>(std::max<std::int64_t>(bad.size(0), 1));
  const at::Tensor where = bad.nonzero();
  std::vector<std::int64_t> behind;
  for (std::int64_t k = 0; k < where.size(0); ++k) {
    const std::size_t first = static_cast<std::size_t>(where[k].item<std::int64_t>()) * width;
    for (std::size_t at = first; at < std::min(first + width, rows.size()); ++at) behind.push_back(rows[at]);
  }
  return behind;
}

/// Whether a value is some of the numbers of pieces of text, and none of these is over the limit: such are not looked
/// at one by one.
bool numbered_below(const ir::Graph& graph, const std::map<std::uint32_t, std::vector<at::Tensor>>& states,
                    ir::ValueId value, std::int64_t high) {
  const ir::ValueInfo& info = graph.values[value];
  if (info.kind != ir::ValueKind::Result) return false;
  const ir::Node& node = graph.nodes[info.source];
  if (numbers_pieces(node)) {
    const auto state = states.find(info.source);
    if (state == states.end()) return false;
    const std::int64_t largest = state->second.at(1).item<std::int64_t>();
    return std::max(largest, ir::attribute_of(node, "padding")->as_int()) <= high;
  }
  static const ops::Op* windows = ops::Catalogue::get().function("_windows");
  const bool some = ir::op_of(node).has(ops::Trait::View) || &ir::op_of(node) == windows;
  const ir::Operand& operand = node.operands.at(0);
  return some && operand.kind == ir::Operand::Value && numbered_below(graph, states, operand.value, high);
}

}  // namespace

Feed::Feed(const ir::Data& recipe, std::size_t index, const std::vector<std::string>& wanted)
    : graph_(recipe.feeds.at(std::min(index, recipe.feeds.size() - 1))),
      part_(index),
      executor_(make_executor(graph_, wanted, names_, roots_, spans_)) {
  const std::size_t used = std::min(index, recipe.feeds.size() - 1);
  for (const std::uint32_t n : needed_nodes()) {
    if (!ir::op_of(graph_.nodes[n]).has(ops::Trait::Fitted)) continue;
    std::string key = fmt::format("feed{}.{}{}", used, ir::op_of(graph_.nodes[n]).name, n);
    for (const ir::Fit& fit : recipe.fits)
      if (fit.feed == used && fit.node == n && !fit.key.empty()) key = fit.key;
    fitted_.push_back({n, std::move(key), make_executor(graph_, {graph_.nodes[n].operands.at(0)})});
  }
}

std::size_t feed_index(const ir::Data& recipe, const Dataset& data, std::size_t i) {
  const auto serves = [&](std::size_t index) {
    const ir::Graph& graph = recipe.feeds[index];
    return std::all_of(graph.inputs.begin(), graph.inputs.end(), [&](const ir::Input& input) {
      const auto is_it = [&](const ir::DerivedColumn& column) { return column.name == input.name; };
      return input.name == ir::kDraws || data.find(input.name) ||
             std::any_of(recipe.made.derived.begin(), recipe.made.derived.end(), is_it);
    });
  };
  const std::size_t own = std::min(i, recipe.feeds.size() - 1);
  if (serves(own)) return own;
  for (std::size_t index = 0; index < recipe.feeds.size(); ++index)
    if (serves(index)) return index;
  return own;
}

std::set<std::uint32_t> Feed::needed_nodes() const {
  std::vector<char> wanted(graph_.values.size(), 0);
  for (const ir::Operand& root : roots_) visit_values(root, [&](ir::ValueId v) { wanted[v] = 1; });
  std::set<std::uint32_t> needed;
  for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
    const ir::Node& node = graph_.nodes[n];
    if (std::none_of(node.results.begin(), node.results.end(), [&](ir::ValueId r) { return wanted[r]; })) continue;
    needed.insert(static_cast<std::uint32_t>(n));
    for (const ir::Operand& operand : node.operands) visit_values(operand, [&](ir::ValueId v) { wanted[v] = 1; });
  }
  return needed;
}

bool Feed::connect(const Dataset& data, support::Span span, diagnostics::Sink& sink) {
  data_ = &data;
  inputs_.assign(graph_.inputs.size(), nullptr);
  bool complete = true;
  for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
    if (!executor_.plan().inputs[i].needed || graph_.inputs[i].name == ir::kDraws) continue;
    inputs_[i] = data.find(graph_.inputs[i].name);
    if (inputs_[i]) continue;
    std::vector<std::string> known;
    for (const Column& column : data.columns) known.push_back(column.name);
    auto report = sink.report(span, diag::DataColumnMissing, graph_.inputs[i].name);
    report.did_you_mean(graph_.inputs[i].name, known);
    complete = false;
  }
  return complete;
}

at::Tensor Feed::draws_of(const std::vector<std::int64_t>& rows, const Drawing& drawing) const {
  at::Tensor draws = at::zeros({static_cast<std::int64_t>(rows.size())}, at::kLong);
  if (!drawing.trains) return draws;
  const std::uint64_t stream = mix_seed(drawing.seed, fmt::format("draws/{}/{}", drawing.epoch, part_));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Random random(stream + static_cast<std::uint64_t>(rows[i]));
    // Never 0, which stands for no draws.
    draws.data_ptr<std::int64_t>()[i] = static_cast<std::int64_t>(random.next() | 1);
  }
  return draws;
}

std::vector<at::Tensor> Feed::gather_steps(const std::vector<std::int64_t>& steps, const plan::Plan& plan,
                                           const Drawing& drawing) const {
  std::vector<at::Tensor> out(inputs_.size());
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (!plan.inputs[i].needed) continue;
    if (inputs_[i]) out[i] = inputs_[i]->take(steps);
    else if (graph_.inputs[i].name == ir::kDraws) out[i] = draws_of(steps, drawing);
  }
  return out;
}

std::vector<at::Tensor> Feed::gather(const std::vector<std::int64_t>& rows, const plan::Plan& plan,
                                     const Drawing& drawing) const {
  const bool windowed = data_ && data_->windows.n > 0;
  return gather_steps(windowed ? steps_of(data_->windows, rows) : rows, plan, drawing);
}

std::vector<at::Tensor> Feed::run(const std::vector<std::int64_t>& rows, const Drawing& drawing) {
  at::NoGradGuard no_grad;
  std::vector<exec::Result> results = executor_.run(gather(rows, executor_.plan(), drawing));
  std::vector<at::Tensor> out;
  for (exec::Result& result : results) out.push_back(std::move(result.tensor));
  return out;
}

const Column* Feed::direct_column(ir::ValueId value) const {
  const ir::ValueInfo& info = graph_.values.at(value);
  return info.kind == ir::ValueKind::Input && info.source < inputs_.size() ? inputs_[info.source] : nullptr;
}

const Column* Feed::text_column(ir::ValueId value) const {
  const ir::ValueInfo& info = graph_.values.at(value);
  if (info.kind == ir::ValueKind::Result && fills_in(graph_.nodes[info.source])) return text_operand(info.source);
  const Column* column = direct_column(value);
  return column && column->text ? column : nullptr;
}

const Column* Feed::text_operand(std::uint32_t node) const {
  const ir::Operand& operand = graph_.nodes[node].operands.at(0);
  return operand.kind == ir::Operand::Value ? text_column(operand.value) : nullptr;
}

std::vector<const Column*> Feed::columns_behind(ir::ValueId value, Through through) const {
  std::vector<char> wanted(graph_.values.size(), 0);
  wanted[value] = 1;
  for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
    const ir::Node& node = graph_.nodes[n];
    if (std::none_of(node.results.begin(), node.results.end(), [&](ir::ValueId r) { return wanted[r]; })) continue;
    if (through == Through::NoFills && fills_in(node)) continue;
    for (const ir::Operand& operand : node.operands) visit_values(operand, [&](ir::ValueId v) { wanted[v] = 1; });
  }
  std::vector<const Column*> out;
  for (std::size_t v = 0; v < wanted.size(); ++v)
    if (wanted[v])
      if (const Column* column = direct_column(static_cast<ir::ValueId>(v))) out.push_back(column);
  return out;
}

bool Feed::may_lack_values(ir::ValueId value) const {
  const std::vector<const Column*> columns = columns_behind(value, Through::NoFills);
  return std::any_of(columns.begin(), columns.end(), [](const Column* c) { return c->has_missing && !c->text; });
}

bool Feed::report_missing(const at::Tensor& value, ir::ValueId id, const std::vector<std::int64_t>& rows,
                          const std::string& name, support::Span span, diagnostics::Sink& sink) const {
  if (!value.defined() || !at::isFloatingType(value.scalar_type()) || value.dim() == 0) return false;
  if (!may_lack_values(id)) return false;
  const std::vector<const Column*> columns = columns_behind(id, Through::NoFills);
  const at::Tensor bad = at::isnan(value).reshape({value.size(0), -1}).any(1);
  if (!bad.any().item<bool>()) return false;
  for (const std::int64_t row : rows_behind(bad, rows)) {
    for (const Column* column : columns) {
      if (column->text || !column->has_missing || !at::isFloatingType(column->type())) continue;
      if (!at::isnan(column->row(row)).any().item<bool>()) continue;
      sink.report(span, diag::DataMissingValue, column->place(row), name)
          .help(fmt::format(
              "fill it in the feed, `impute({0})` or `where(isnan({0}), 0, {0})`, or use `category` where a "
              "missing value is one of the values",
              column->name));
      return true;
    }
  }
  return false;
}

/// Infinite in itself, or beyond what the model's floats hold.
at::Tensor beyond(const at::Tensor& values) { return values.abs().gt(std::numeric_limits<float>::max()); }

bool Feed::may_be_infinite(ir::ValueId value) const {
  const std::vector<const Column*> columns = columns_behind(value);
  return std::any_of(columns.begin(), columns.end(), [](const Column* c) {
    return !c->text && !c->stored && at::isFloatingType(c->type()) && beyond(c->values).any().item<bool>();
  });
}

bool Feed::report_infinite(const at::Tensor& value, ir::ValueId id, const std::vector<std::int64_t>& rows,
                           const std::string& name, support::Span span, diagnostics::Sink& sink) const {
  if (!value.defined() || !at::isFloatingType(value.scalar_type()) || value.dim() == 0) return false;
  const at::Tensor bad = at::isinf(value).reshape({value.size(0), -1}).any(1);
  for (const std::int64_t row : rows_behind(bad, rows)) {
    for (const Column* column : columns_behind(id)) {
      if (column->text || !at::isFloatingType(column->type())) continue;
      if (!beyond(column->row(row)).any().item<bool>()) continue;
      sink.report(span, diag::DataInfinite, column->place(row), column->shown(row), name);
      return true;
    }
  }
  return false;
}

std::string Feed::place_of(const std::string& name, std::int64_t row) const {
  if (data_) row = steps_of(data_->windows, {row}).front();
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] != name || roots_[i].kind != ir::Operand::Value) continue;
    const std::vector<const Column*> columns = columns_behind(roots_[i].value);
    for (const Column* column : columns)
      if (!column->text && at::isFloatingType(column->type()) && !at::isfinite(column->row(row)).all().item<bool>())
        return column->place(row);
    if (!columns.empty()) return columns[0]->place(row);
  }
  for (const Column* column : inputs_) {
    if (!column) continue;
    std::string place = column->place(row);
    if (column->lines) place.resize(place.rfind(':'));  // the row, whatever the field
    return place;
  }
  return fmt::format("row {}", row + 1);
}

bool Feed::check_bins(const Part& part, diagnostics::Sink& sink) {
  for (const std::uint32_t n : needed_nodes()) {
    const ir::Node& node = graph_.nodes[n];
    const ir::Operand& operand = node.operands.at(0);
    if (ir::op_of(node).name != catalogue::entry(catalogue::FeedId::Bins).name || operand.kind != ir::Operand::Value ||
        !may_lack_values(operand.value))
      continue;
    Fitted judged{n, "", make_executor(graph_, {operand})};
    for (const auto& [fitted, state] : states_) judged.before.set_state(fitted, state);
    const bool good = for_operand(judged, {part}, sink, [&](const Part&, const auto& rows, const at::Tensor& values) {
      return !report_missing(values, operand.value, rows, "bins", node.span, sink);
    });
    if (!good) return false;
  }
  return true;
}

bool Feed::check(const Part& part, std::int64_t batch, const std::map<std::string, passes::IndexLimit>& limits,
                 diagnostics::Sink& sink) {
  for (const Fitted& fitted : fitted_) {
    if (numbers_words(graph_.nodes[fitted.node]) && !check_category(fitted, part, sink)) return false;
    if (numbers_pieces(graph_.nodes[fitted.node]) && !check_pieces(fitted, part, sink)) return false;
  }
  if (!check_bins(part, sink)) return false;
  // Only what may be at fault is computed: the rest may be all images of a data set.
  std::vector<std::size_t> judged;
  std::vector<ir::Operand> operands;
  for (std::size_t i = 0; i < roots_.size(); ++i) {
    const auto limit = limits.find(names_[i]);
    const bool limited = limit != limits.end() && !numbered_below(graph_, states_, roots_[i].value, limit->second.high);
    if (!limited && !may_lack_values(roots_[i].value) && !may_be_infinite(roots_[i].value)) continue;
    judged.push_back(i);
    operands.push_back(roots_[i]);
  }
  if (judged.empty()) return true;
  exec::Executor executor = make_executor(graph_, operands);
  for (const auto& [node, state] : states_) executor.set_state(node, state);
  at::NoGradGuard no_grad;
  const std::int64_t step =
      std::max(batch, block_rows(executor.plan()) / std::max<std::int64_t>(part.data->windows.n, 1));
  return for_blocks(part.rows, step, [&](const std::vector<std::int64_t>& rows) {
    const std::vector<exec::Result> fed = executor.run(gather(rows, executor.plan()));
    const std::vector<std::int64_t> own = steps_of(part.data->windows, rows);
    for (std::size_t k = 0; k < judged.size(); ++k) {
      const std::size_t i = judged[k];
      const at::Tensor& found = fed[k].tensor;
      if (report_missing(found, roots_[i].value, own, names_[i], spans_[i], sink) ||
          report_infinite(found, roots_[i].value, own, names_[i], spans_[i], sink))
        return false;
      const auto limit = limits.find(names_[i]);
      if (limit == limits.end() || at::isFloatingType(found.scalar_type()) || found.dim() == 0) continue;
      at::Tensor bad = found.lt(0).logical_or(found.gt(limit->second.high));
      if (limit->second.spare) bad = bad.logical_and(found.ne(*limit->second.spare));
      if (!bad.any().item<bool>()) continue;
      const auto row =
          static_cast<std::size_t>(bad.reshape({bad.size(0), -1}).any(1).nonzero()[0].item<std::int64_t>());
      const std::int64_t value = found.masked_select(bad)[0].item<std::int64_t>();
      const std::vector<const Column*> columns = columns_behind(roots_[i].value);
      const std::int64_t source_row = row < rows.size() ? steps_of(data_->windows, {rows[row]}).front() : 0;
      sink.report(spans_[i], diag::DataOutOfRange,
                  columns.empty() ? fmt::format("row {}", source_row + 1) : columns[0]->place(source_row), names_[i],
                  value, fmt::format("0 to {} ({})", limit->second.high, limit->second.what));
      return false;
    }
    return true;
  });
}

}  // namespace modelc::data
