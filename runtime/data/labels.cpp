#include "data/labels.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/feed.h"
#include "data/windows.h"
#include "support/counted.h"

namespace modelc::data {
namespace {

constexpr std::int64_t kRowsAtOnce = 1 << 14;

/// The values of all rows; undefined after reporting.
at::Tensor values_of(const ir::Data& recipe, LabelKey asked, const std::shared_ptr<Dataset>& dataset, std::size_t index,
                     diagnostics::Sink& sink) {
  const std::string& name = asked.name;
  const ir::Graph& graph = recipe.feeds.at(std::min(index, recipe.feeds.size() - 1));
  const bool fed = std::any_of(graph.outputs.begin(), graph.outputs.end(),
                               [&](const ir::Output& output) { return output.name == name; });
  const std::vector<Part> all = whole({dataset});
  if (!fed) {
    const Column* column = dataset->find(name);
    if (column) return column->take(first_steps(dataset->windows, dataset->rows));
    sink.report(asked.at, diag::DataColumnMissing, name);
    return {};
  }
  // A feed of its own: what is fitted for the labels alone must not be kept for training.
  Feed feed(recipe, index, {name});
  std::vector<FitState> fits;
  if (!feed.connect(*dataset, asked.at, sink) || !feed.fit(all, all, fits, sink)) return {};
  std::vector<at::Tensor> pieces;
  for_blocks(all[0].rows, kRowsAtOnce, [&](const std::vector<std::int64_t>& rows) {
    pieces.push_back(feed.run(rows).at(0).clone());
    return true;
  });
  return at::cat(pieces, 0);
}

/// As doubles, among which a missing value equals any other.
at::Tensor comparable(const at::Tensor& labels) {
  const at::Tensor values = labels.reshape({-1}).to(at::kDouble);
  return at::where(values.isnan(), at::full({}, HUGE_VAL, values.options()), values);
}

/// Empty where the values fall into groups of several rows, else why they do not.
std::string unfit(const at::Tensor& values) {
  if (values.dim() > 1 && values.numel() != values.size(0)) return "has several values a row";
  const std::int64_t rows = values.size(0);
  const auto distinct = std::get<0>(at::_unique(comparable(values), false)).numel();
  constexpr std::int64_t kFew = 20;  // values, and rows for each, up to which fractions are taken for classes
  const bool fractions = at::isFloatingType(values.scalar_type()) &&
                         values.isfinite().logical_and(values.ne(values.floor())).any().item<bool>();
  const bool unique = rows > 1 && 2 * distinct > rows;
  if (!unique && !(fractions && distinct > kFew && kFew * distinct > rows)) return "";
  return fmt::format("has {} in {}", support::counted(distinct, "value"), support::counted(rows, "row"));
}

}  // namespace

std::optional<std::vector<at::Tensor>> labels_of(const ir::Data& recipe, LabelKey asked,
                                                 const std::vector<std::shared_ptr<Dataset>>& datasets,
                                                 diagnostics::Sink& sink) {
  std::vector<at::Tensor> labels(datasets.size());
  if (asked.name.empty()) return labels;
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    labels[i] = values_of(recipe, asked, datasets[i], i, sink);
    if (!labels[i].defined()) return std::nullopt;
    if (const std::string why = unfit(labels[i]); !why.empty()) {
      sink.report(asked.at, diag::StratifyUnfit, asked.key, asked.name, why);
      return std::nullopt;
    }
  }
  return labels;
}

std::shared_ptr<const Shares> balanced(const at::Tensor& labels) {
  const auto [distinct, inverse] = at::_unique(comparable(labels), /*sorted=*/true, /*return_inverse=*/true);
  auto shares = std::make_shared<Shares>();
  const at::Tensor groups = inverse.to(at::kInt).contiguous();
  shares->group.assign(groups.data_ptr<std::int32_t>(), groups.data_ptr<std::int32_t>() + groups.numel());
  shares->weights.assign(static_cast<std::size_t>(distinct.numel()), 1.0);
  return shares;
}

}  // namespace modelc::data
