#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "data/feed.h"
#include "data/statistics.h"
#include "ops/fill.h"

namespace modelc::data {
namespace {

using json = nlohmann::json;

enum class Kind { Standardize, Category, Impute, Tokens };
constexpr support::Word<Kind> kKinds[] = {{"standardize", Kind::Standardize},
                                          {"category", Kind::Category},
                                          {"impute", Kind::Impute},
                                          {"tokens", Kind::Tokens}};

constexpr std::string_view kClasses = "classes/";  // begins the key of what a column's numbers stand for

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

/// Each value once, sorted, what is missing last.
at::Tensor distinct(at::Tensor values) {
  if (!at::isFloatingType(values.scalar_type())) return std::get<0>(at::_unique(values.to(at::kLong), true));
  values = values.to(at::kFloat);
  const at::Tensor missing = at::isnan(values);
  const bool any = missing.any().item<bool>();
  values = std::get<0>(at::_unique(values.masked_select(missing.logical_not()), true));
  return any ? at::cat({values, at::full({1}, std::numeric_limits<float>::quiet_NaN(), values.options())}) : values;
}

}  // namespace

FitState classes_of(const Column& column) {
  FitState fit;
  fit.key = std::string(kClasses) + column.name;
  fit.category = true;
  fit.text = true;
  fit.words = column.categories;
  return fit;
}

std::string column_of_classes(const FitState& fit) {
  return fit.key.starts_with(kClasses) ? fit.key.substr(kClasses.size()) : "";
}

std::string to_json(const std::vector<FitState>& fits) {
  if (fits.empty()) return "";
  json out = json::array();
  for (const FitState& fit : fits) {
    json one = {{"key", fit.key}, {"kind", fit.category ? "category" : fit.fills ? "impute" : "standardize"}};
    if (fit.numbering) one = {{"key", fit.key}, {"kind", "tokens"}, {"tokens", to_json(*fit.numbering)}};
    else if (!fit.category && !fit.fills) one["mean"] = pack(fit.mean), one["std"] = pack(fit.std);
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
      const auto kind = support::meaning_of(kKinds, one.at("kind").get<std::string>());
      fit.category = kind == Kind::Category;
      fit.fills = kind == Kind::Impute;
      fit.text = one.contains("words");
      if (one.contains("tokens")) {
        fit.numbering = numbering_from(one.at("tokens"));
        if (!fit.numbering) return std::nullopt;
      } else if (!fit.category && !fit.fills) fit.mean = unpack(one.at("mean")), fit.std = unpack(one.at("std"));
      else if (fit.text) fit.words = one.at("words").get<std::vector<std::string>>(), fit.missing = one.at("missing");
      else fit.values = unpack(one.at("values"));
      fits.push_back(std::move(fit));
    }
    return fits;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

bool Feed::for_operand(const Fitted& fitted, const std::vector<Part>& parts, diagnostics::Sink& sink,
                       const Visit& visit) {
  const Dataset* before = data_;
  bool good = true;
  for (const Part& part : parts) {
    if (data_ != part.data.get()) good = good && connect(*part.data, graph_.nodes[fitted.node].span, sink);
    good = good && for_values(fitted, part, [&](const at::Tensor& values, const std::vector<std::int64_t>& rows) {
             return visit(part, rows, values);
           });
  }
  if (before && data_ != before) {
    diagnostics::Sink quiet;
    connect(*before, {}, quiet);
  }
  return good;
}

bool Feed::fit_standardize(const Fitted& fitted, const std::vector<Part>& training, FitState& fit,
                           diagnostics::Sink& sink) {
  const ir::Node& node = graph_.nodes[fitted.node];
  const ir::Operand& operand = node.operands.at(0);
  const auto learned = moments([&](const auto& visit) {
    return for_operand(fitted, training, sink, [&](const Part&, const auto& rows, const at::Tensor& values) {
      if (operand.kind == ir::Operand::Value &&
          report_missing(values, operand.value, rows, "standardize", node.span, sink))
        return false;
      visit(values);
      return true;
    });
  });
  if (!learned) return false;
  fit.mean = learned->mean.to(at::kFloat);
  fit.std = at::where(learned->std.gt(0), learned->std, at::ones_like(learned->std)).to(at::kFloat);
  return true;
}

std::string Feed::column_words(const Fitted& fitted, std::int64_t column) const {
  const ir::Operand& operand = graph_.nodes[fitted.node].operands.at(0);
  if (operand.kind != ir::Operand::Value) return "the column";
  const std::vector<const Column*> columns = columns_behind(operand.value);
  if (columns.empty()) return "the column";
  const auto at = std::min(static_cast<std::size_t>(column), columns.size() - 1);
  return columns.size() == 1 || static_cast<std::size_t>(column) < columns.size()
             ? fmt::format("`{}`", columns[at]->name)
             : fmt::format("column {}", column + 1);
}

bool Feed::fit_impute(const Fitted& fitted, const std::vector<Part>& training, FitState& fit, diagnostics::Sink& sink) {
  fit.fills = true;
  if (text_operand(fitted.node)) return fit_impute_text(fitted, training, fit, sink);
  const ir::Node& node = graph_.nodes[fitted.node];
  const Blocks blocks = [&](const auto& visit) {
    return for_operand(fitted, training, sink, [&](const Part&, const auto&, const at::Tensor& values) {
      visit(values);
      return true;
    });
  };
  const auto by = support::meaning_of(ops::kFills, ir::attribute_of(node, "by")->as_string());
  std::optional<at::Tensor> values;
  if (by == ops::Fill::Mean) {
    if (const auto learned = moments(blocks))
      values = at::where(learned->count.gt(0), learned->mean,
                         at::full({}, std::numeric_limits<double>::quiet_NaN(), learned->mean.options()));
  } else {
    values = by == ops::Fill::Mode ? modes(blocks) : medians(blocks);
  }
  if (!values) return false;
  const at::Tensor none = values->reshape({-1}).isnan().nonzero();
  if (none.numel() > 0) {
    sink.report(node.span, diag::FitEmpty, column_words(fitted, none[0].item<std::int64_t>()), "impute");
    return false;
  }
  fit.values = values->to(at::kFloat);
  return true;
}

bool Feed::fit_impute_text(const Fitted& fitted, const std::vector<Part>& training, FitState& fit,
                           diagnostics::Sink& sink) {
  fit.text = true;
  std::map<std::string, std::int64_t> counts;
  const bool good = for_operand(fitted, training, sink, [&](const Part&, const auto&, const at::Tensor& values) {
    const Dictionary& words = *text_operand(fitted.node)->text;
    const at::Tensor codes = values.to(at::kLong).contiguous();
    for (std::int64_t i = 0; i < codes.numel(); ++i)
      if (const std::int64_t code = codes.data_ptr<std::int64_t>()[i]; !words.is_missing(code))
        ++counts[words.word(code)];
    return true;
  });
  if (!good) return false;
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == counts.end()) {
    sink.report(graph_.nodes[fitted.node].span, diag::FitEmpty, column_words(fitted, 0), "impute");
    return false;
  }
  fit.words = {most->first};
  return true;
}

bool Feed::fit_category(const Fitted& fitted, const std::vector<Part>& all, FitState& fit, diagnostics::Sink& sink) {
  fit.category = true;
  std::set<std::string> words;
  at::Tensor numbers;
  const bool good = for_operand(fitted, all, sink, [&](const Part&, const auto&, const at::Tensor& values) {
    const at::Tensor found = distinct(values.reshape({-1}));
    const Column* text = text_operand(fitted.node);
    fit.text = text != nullptr;
    for (std::int64_t i = 0; text && i < found.numel(); ++i) {
      const std::int64_t code = found.data_ptr<std::int64_t>()[i];
      if (text->text->is_missing(code)) fit.missing = true;
      else words.insert(text->text->word(code));
    }
    if (!text) numbers = numbers.defined() ? distinct(at::cat({numbers, found})) : found;
    return true;
  });
  if (!good) return false;
  fit.words.assign(words.begin(), words.end());
  if (!fit.text) fit.values = numbers;
  return true;
}

std::vector<std::string> category_names(const FitState& fit) {
  std::vector<std::string> names = fit.words;
  if (fit.text) {
    if (fit.missing) names.emplace_back();
    return names;
  }
  if (!fit.values.defined()) return names;
  const bool floating = at::isFloatingType(fit.values.scalar_type());
  for (std::int64_t i = 0; i < fit.values.numel(); ++i) {
    const auto number = fit.values[i].item<double>();
    if (!floating) names.push_back(fmt::format("{}", fit.values[i].item<std::int64_t>()));
    else names.push_back(std::isnan(number) ? "" : fmt::format("{}", static_cast<float>(number)));
  }
  return names;
}

const FitState* Feed::fit_of(std::uint32_t node) const {
  const auto found = installed_.find(node);
  return found == installed_.end() ? nullptr : &found->second;
}

// The dictionary grows with every source that is read, so the table from its codes to classes is made when it is used.
void Feed::install(std::uint32_t node, const FitState& fit) {
  installed_[node] = fit;
  if (fit.numbering) {
    const Column* column = direct_column(graph_.nodes[node].operands.at(0).value);
    const at::Tensor table = column ? number_table(*fit.numbering, *column) : at::empty({0}, at::kLong);
    return set_state(node, {table, at::full({}, fit.numbering->largest(), at::kLong)});
  }
  const Column* text = text_operand(node);
  if (fit.fills) {
    const auto code = [](std::int64_t value) { return at::full({}, value, at::kLong); };
    if (!fit.text) set_state(node, {fit.values});
    else if (text) set_state(node, {code(text->text->code(fit.words.at(0))), code(text->text->missing())});
    return;
  }
  if (!fit.category) {
    set_state(node, {fit.mean, fit.std});
    return;
  }
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
    const ir::Node& node = graph_.nodes[fitted.node];
    const bool fits_all = numbers_words(node)    ? fit_category(fitted, all, fit, sink)
                          : numbers_pieces(node) ? fit_pieces(fitted, training, all, fit, sink)
                          : fills_in(node)       ? fit_impute(fitted, training, fit, sink)
                                                 : fit_standardize(fitted, training, fit, sink);
    if (!fits_all) return false;
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

bool Feed::check_category(const Fitted& fitted, const Part& part, diagnostics::Sink& sink) {
  const std::uint32_t node = fitted.node;
  at::NoGradGuard no_grad;
  const auto fit = installed_.find(node);
  if (fit == installed_.end()) return true;
  const support::Span span = graph_.nodes[node].span;
  if (text_operand(node)) {
    const std::set<std::string> known(fit->second.words.begin(), fit->second.words.end());
    return for_operand(fitted, {part}, sink, [&](const Part&, const auto& rows, const at::Tensor& values) {
      const Column& text = *text_operand(node);
      const at::Tensor codes = values.to(at::kLong).contiguous();
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::int64_t code = codes.data_ptr<std::int64_t>()[i];
        if (text.text->is_missing(code) ? fit->second.missing : known.contains(text.text->word(code))) continue;
        sink.report(span, diag::DataUnseenCategory, text.place(rows[i]), text.shown(rows[i]));
        return false;
      }
      return true;
    });
  }
  const at::Tensor known = fit->second.values.to(at::kDouble).contiguous();
  const double* begin = known.data_ptr<double>();
  const double* end = begin + known.numel();
  const bool missing = known.numel() > 0 && std::isnan(end[-1]);
  if (missing) --end;
  const ir::Operand& operand = graph_.nodes[node].operands.at(0);
  const std::vector<const Column*> columns =
      operand.kind == ir::Operand::Value ? columns_behind(operand.value) : std::vector<const Column*>{};
  return for_operand(fitted, {part}, sink, [&](const Part&, const auto& rows, const at::Tensor& block) {
    const at::Tensor values = block.reshape({-1}).to(at::kDouble).contiguous();
    const std::int64_t width = std::max<std::int64_t>(values.numel() / static_cast<std::int64_t>(rows.size()), 1);
    for (std::int64_t i = 0; i < values.numel(); ++i) {
      const double value = values.data_ptr<double>()[i];
      if (std::isnan(value) ? missing : std::binary_search(begin, end, value)) continue;
      const std::int64_t row = rows[static_cast<std::size_t>(i / width)];
      sink.report(span, diag::DataUnseenCategory,
                  columns.empty() ? fmt::format("row {}", row + 1) : columns[0]->place(row),
                  std::isnan(value) ? "a missing value" : fmt::format("{:g}", value));
      return false;
    }
    return true;
  });
}

}  // namespace modelc::data
