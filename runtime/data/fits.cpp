#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "data/feed.h"
#include "data/windows.h"

namespace modelc::data {
namespace {

using json = nlohmann::json;

std::vector<std::string> to_hex(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.to(at::kDouble).reshape({-1}).contiguous();
  std::vector<std::string> out;
  for (std::int64_t i = 0; i < flat.numel(); ++i) out.push_back(fmt::format("{:a}", flat.data_ptr<double>()[i]));
  return out;
}

json pack(const at::Tensor& tensor) {
  return {{"dtype", at::isFloatingType(tensor.scalar_type()) ? "float32" : "int64"},
          {"shape", tensor.sizes().vec()},
          {"values", at::isFloatingType(tensor.scalar_type())
                         ? json(to_hex(tensor))
                         : json(std::vector<std::int64_t>(tensor.data_ptr<std::int64_t>(),
                                                          tensor.data_ptr<std::int64_t>() + tensor.numel()))}};
}

at::Tensor unpack(const json& packed) {
  const bool floating = packed.at("dtype") == "float32";
  const auto shape = packed.at("shape").get<std::vector<std::int64_t>>();
  const json& values = packed.at("values");
  at::Tensor out = at::empty({static_cast<std::int64_t>(values.size())}, floating ? at::kDouble : at::kLong);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (floating) out.data_ptr<double>()[i] = std::strtod(values[i].get<std::string>().c_str(), nullptr);
    else out.data_ptr<std::int64_t>()[i] = values[i].get<std::int64_t>();
  }
  return (floating ? out.to(at::kFloat) : out).reshape(shape);
}

}  // namespace

std::string to_json(const std::vector<FitState>& fits) {
  if (fits.empty()) return "";
  json out = json::array();
  for (const FitState& fit : fits) {
    json one = {{"key", fit.key}, {"kind", fit.category ? "category" : "standardize"}};
    if (fit.numbering) one = {{"key", fit.key}, {"kind", "tokens"}, {"tokens", to_json(*fit.numbering)}};
    else if (!fit.category) one["mean"] = pack(fit.mean), one["std"] = pack(fit.std);
    else if (fit.text) one["words"] = fit.words, one["missing"] = fit.missing;
    else one["values"] = pack(fit.values);
    out.push_back(std::move(one));
  }
  return out.dump();
}

std::optional<std::vector<FitState>> fits_from_json(const std::string& text) {
  try {
    std::vector<FitState> fits;
    for (const json& one : json::parse(text)) {
      FitState fit;
      fit.key = one.at("key");
      fit.category = one.at("kind") == "category";
      fit.text = one.contains("words");
      if (one.contains("tokens")) {
        fit.numbering = numbering_from(one.at("tokens"));
        if (!fit.numbering) return std::nullopt;
      } else if (!fit.category) fit.mean = unpack(one.at("mean")), fit.std = unpack(one.at("std"));
      else if (fit.text) fit.words = one.at("words").get<std::vector<std::string>>(), fit.missing = one.at("missing");
      else fit.values = unpack(one.at("values"));
      fits.push_back(std::move(fit));
    }
    return fits;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

bool Feed::fit_standardize(const Fitted& fitted, const std::vector<Part>& training, FitState& fit,
                           diagnostics::Sink& sink) {
  const std::uint32_t node = fitted.node;
  std::vector<at::Tensor> pieces;
  const Dataset* before = data_;
  for (const Part& part : training) {
    if (data_ != part.data.get() && !connect(*part.data, graph_.nodes[node].span, sink)) return false;
    const std::vector<std::int64_t> rows = own_rows(part);
    at::Tensor value = fitted.before.run(gather_steps(rows, fitted.before.plan())).at(0).tensor;
    const ir::Operand& operand = graph_.nodes[node].operands.at(0);
    if (operand.kind == ir::Operand::Value &&
        report_missing(value, operand.value, rows, "standardize", graph_.nodes[node].span, sink))
      return false;
    pieces.push_back(value.to(at::kDouble));
  }
  if (before && data_ != before) connect(*before, {}, sink);
  const at::Tensor all = at::cat(pieces, 0);
  fit.mean = all.mean(0);
  const at::Tensor std = all.std(0, /*unbiased=*/false);
  fit.std = at::where(std.gt(0), std, at::ones_like(std)).to(at::kFloat);
  fit.mean = fit.mean.to(at::kFloat);
  return true;
}

bool Feed::fit_category(const Fitted& fitted, const std::vector<Part>& all, FitState& fit) {
  fit.category = true;
  const Dataset* before = data_;
  diagnostics::Sink quiet;
  std::set<std::string> words;
  std::vector<at::Tensor> pieces;
  for (const Part& part : all) {
    if (data_ != part.data.get() && !connect(*part.data, {}, quiet)) continue;
    const Column* text = text_operand(fitted.node);
    if (!text) {
      pieces.push_back(
          fitted.before.run(gather_steps(own_rows(part), fitted.before.plan())).at(0).tensor.reshape({-1}));
      continue;
    }
    fit.text = true;
    text->for_blocks([&](std::int64_t, const at::Tensor& block) {
      const at::Tensor codes = std::get<0>(at::_unique(block, true));
      for (std::int64_t i = 0; i < codes.numel(); ++i) {
        const std::int64_t code = codes.data_ptr<std::int64_t>()[i];
        if (text->text->is_missing(code)) fit.missing = true;
        else words.insert(text->text->word(code));
      }
    });
  }
  if (before && data_ != before) connect(*before, {}, quiet);
  fit.words.assign(words.begin(), words.end());
  if (fit.text || pieces.empty()) return true;
  at::Tensor values = at::cat(pieces, 0);
  const bool floating = at::isFloatingType(values.scalar_type());
  values = values.to(floating ? at::kFloat : at::kLong);
  at::Tensor missing;
  if (floating) {
    missing = at::isnan(values);
    const bool any = missing.any().item<bool>();
    values = std::get<0>(at::_unique(values.masked_select(missing.logical_not()), true));
    if (any) values = at::cat({values, at::full({1}, std::numeric_limits<float>::quiet_NaN(), values.options())});
  } else {
    values = std::get<0>(at::_unique(values, true));
  }
  fit.values = values;
  return true;
}

// The dictionary grows with every source that is read, so the table from its codes to classes is made when it is used.
void Feed::install(std::uint32_t node, const FitState& fit) {
  installed_[node] = fit;
  if (fit.numbering) {
    const Column* column = direct_column(graph_.nodes[node].operands.at(0).value);
    set_state(node, {column ? number_table(*fit.numbering, *column) : at::empty({0}, at::kLong)});
    return;
  }
  if (!fit.category) {
    set_state(node, {fit.mean, fit.std});
    return;
  }
  const Column* text = text_operand(node);
  if (!text) {
    set_state(node, {fit.values});
    return;
  }
  at::Tensor table = at::full({std::max<std::int64_t>(text->text->size(), 1)}, -1, at::kLong);
  auto* classes = table.data_ptr<std::int64_t>();
  for (std::int64_t code = 0; code < text->text->size(); ++code) {
    if (text->text->is_missing(code)) {
      if (fit.missing) classes[code] = static_cast<std::int64_t>(fit.words.size());
      continue;
    }
    const auto it = std::lower_bound(fit.words.begin(), fit.words.end(), text->text->word(code));
    if (it != fit.words.end() && *it == text->text->word(code)) classes[code] = it - fit.words.begin();
  }
  set_state(node, {table});
}

void Feed::set_state(std::uint32_t node, const std::vector<at::Tensor>& state) {
  states_[node] = state;
  executor_.set_state(node, state);
  for (Fitted& later : fitted_) later.before.set_state(node, state);
}

bool Feed::fit(const std::vector<Part>& training, const std::vector<Part>& all, std::vector<FitState>& fits,
               diagnostics::Sink& sink) {
  at::NoGradGuard no_grad;
  for (const Fitted& fitted : fitted_) {
    FitState fit;
    fit.key = fitted.key;
    const bool category = numbers_words(graph_.nodes[fitted.node]);
    if (numbers_pieces(graph_.nodes[fitted.node])) {
      if (!fit_pieces(fitted, training, all, fit, sink)) return false;
    } else if (category ? !fit_category(fitted, all, fit) : !fit_standardize(fitted, training, fit, sink)) {
      return false;
    }
    install(fitted.node, fit);
    fits.push_back(std::move(fit));
  }
  return true;
}

bool Feed::restore(const std::vector<FitState>& fits, std::string& missing) {
  for (const Fitted& fitted : fitted_) {
    const auto it = std::find_if(fits.begin(), fits.end(), [&](const FitState& fit) { return fit.key == fitted.key; });
    if (it == fits.end()) {
      missing = ir::op_of(graph_.nodes[fitted.node]).name;
      return false;
    }
    install(fitted.node, *it);
  }
  return true;
}

bool numbers_pieces(const ir::Node& node) {
  static const ops::Op* op = ops::Catalogue::get().function("_numbered");
  return &ir::op_of(node) == op;
}

std::vector<std::string> Feed::fed_by(std::uint32_t node) const {
  std::vector<char> made(graph_.values.size(), 0);
  for (const ir::ValueId result : graph_.nodes[node].results) made[result] = 1;
  for (const ir::Node& later : graph_.nodes) {
    bool uses = false;
    for (const ir::Operand& operand : later.operands)
      ir::for_each_value(operand, [&](ir::ValueId value) { uses = uses || made[value]; });
    for (const ir::ValueId result : later.results) made[result] = static_cast<char>(made[result] || uses);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < roots_.size(); ++i)
    if (made[roots_[i].value]) names.push_back(names_[i]);
  return names;
}

bool Feed::fit_pieces(const Fitted& fitted, const std::vector<Part>& training, const std::vector<Part>& all,
                      FitState& fit, diagnostics::Sink& sink) {
  const ir::ValueInfo& operand = graph_.values.at(graph_.nodes[fitted.node].operands.at(0).value);
  const std::string& name = graph_.inputs.at(operand.source).name;
  std::vector<PiecesOf> pieces;
  std::vector<const Column*> whole;
  const auto column_of = [&](const Part& part) {
    const Column* column = part.data->find(name);
    if (!column) sink.report(graph_.nodes[fitted.node].span, diag::DataColumnMissing, name);
    return column;
  };
  for (const Part& part : training) {
    pieces.push_back({column_of(part), own_rows(part)});
    if (!pieces.back().column) return false;
  }
  for (const Part& part : all)
    if (const Column* column = column_of(part)) whole.push_back(column);
  Numbering numbering = fit_numbering(pieces, whole);
  numbering.feeds = fed_by(fitted.node);
  fit.numbering = std::make_shared<const Numbering>(std::move(numbering));
  return true;
}

bool Feed::check_pieces(const Fitted& fitted, const Part& part, diagnostics::Sink& sink) const {
  const ir::Node& node = graph_.nodes[fitted.node];
  const Column* column = direct_column(node.operands.at(0).value);
  const auto fit = installed_.find(fitted.node);
  if (!column || fit == installed_.end() || !fit->second.numbering) return true;
  const std::int64_t step = first_unnumbered(*fit->second.numbering, *column, own_rows(part));
  if (step < 0) return true;
  sink.report(node.span, diag::DataUnseenCategory, column->place(step), column->shown(step))
      .help("the vocabulary is of the rows that train; `tokens=\"words\"` has a number for what it lacks");
  return false;
}

bool Feed::check_category(const Fitted& fitted, const Part& part, diagnostics::Sink& sink) {
  const std::uint32_t node = fitted.node;
  at::NoGradGuard no_grad;
  const auto fit = installed_.find(node);
  if (fit == installed_.end()) return true;
  const support::Span span = graph_.nodes[node].span;
  if (const Column* text = text_operand(node)) {
    const std::set<std::string> known(fit->second.words.begin(), fit->second.words.end());
    const std::vector<std::int64_t> rows = own_rows(part);
    const at::Tensor taken = text->take(rows).contiguous();
    const auto* codes = taken.data_ptr<std::int64_t>();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::int64_t row = rows[i];
      const bool missing = text->text->is_missing(codes[i]);
      if (missing ? fit->second.missing : known.contains(text->text->word(codes[i]))) continue;
      sink.report(span, diag::DataUnseenCategory, text->place(row), text->shown(row));
      return false;
    }
    return true;
  }
  const std::vector<std::int64_t> rows = own_rows(part);
  const at::Tensor values = fitted.before.run(gather_steps(rows, fitted.before.plan()))
                                .at(0)
                                .tensor.reshape({-1})
                                .to(at::kDouble)
                                .contiguous();
  const at::Tensor known = fit->second.values.to(at::kDouble).contiguous();
  const double* begin = known.data_ptr<double>();
  const double* end = begin + known.numel();
  const bool missing = known.numel() > 0 && std::isnan(end[-1]);
  if (missing) --end;
  const ir::Operand& operand = graph_.nodes[node].operands.at(0);
  const std::vector<const Column*> columns =
      operand.kind == ir::Operand::Value ? columns_behind(operand.value) : std::vector<const Column*>{};
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    const double value = values.data_ptr<double>()[i];
    if (std::isnan(value) ? missing : std::binary_search(begin, end, value)) continue;
    const std::int64_t row = rows[static_cast<std::size_t>(i) % rows.size()];
    sink.report(span, diag::DataUnseenCategory,
                columns.empty() ? fmt::format("row {}", row + 1) : columns[0]->place(row),
                std::isnan(value) ? "a missing value" : fmt::format("{:g}", value));
    return false;
  }
  return true;
}

}  // namespace modelc::data
