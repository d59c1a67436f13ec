#include "commands/classes.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <fmt/format.h>

#include <cmath>

#include "support/words.h"

namespace modelc::runtime {
namespace {

using Kind = ClassScores::Kind;

/// The value that another one is, in another shape or dtype at most.
ir::ValueId origin_of(const ir::Graph& graph, ir::ValueId value) {
  while (graph.values[value].kind == ir::ValueKind::Result) {
    const ir::Node& node = graph.nodes[graph.values[value].source];
    const ops::Op& op = ir::op_of(node);
    const bool same = op.has(ops::Trait::SameOrder) || op.has(ops::Trait::Converts);
    if (!same || node.operands.empty() || node.operands[0].kind != ir::Operand::Value) break;
    value = node.operands[0].value;
  }
  return value;
}

std::optional<ir::ValueId> value_of(const ir::Graph& graph, const ir::Operand* operand) {
  if (!operand || operand->kind != ir::Operand::Value) return std::nullopt;
  return origin_of(graph, operand->value);
}

/// The names of the categories that a feed makes a target of; empty: it makes it of something else.
std::vector<std::string> names_of(const ir::Data& recipe, std::size_t feed, const std::vector<data::FitState>& fits,
                                  const std::string& target) {
  const ir::Graph& graph = recipe.feeds.at(std::min(feed, recipe.feeds.size() - 1));
  for (const ir::Output& output : graph.outputs) {
    if (output.name != target || output.value.kind != ir::Operand::Value) continue;
    const ir::ValueInfo& made = graph.values[origin_of(graph, output.value.value)];
    if (made.kind == ir::ValueKind::Input) {
      for (const data::FitState& state : fits)
        if (data::column_of_classes(state) == graph.inputs[made.source].name) return state.words;
      return {};
    }
    if (made.kind != ir::ValueKind::Result || !data::numbers_words(graph.nodes[made.source])) return {};
    for (const ir::Fit& fit : recipe.fits) {
      if (fit.feed != std::min(feed, recipe.feeds.size() - 1) || fit.node != made.source) continue;
      for (const data::FitState& state : fits)
        if (state.key == fit.key) return data::category_names(state);
    }
  }
  return {};
}

/// What the values of an output are where it stands at a loss or metric of this name.
std::optional<Kind> kind_at(std::string_view op) {
  static constexpr support::Word<Kind> kKinds[] = {{"cross_entropy", Kind::Logits},
                                                   {"nll_loss", Kind::LogProbabilities},
                                                   {"binary_cross_entropy_with_logits", Kind::Logit},
                                                   {"binary_cross_entropy", Kind::Probability},
                                                   {"multi_margin_loss", Kind::Logits}};
  return support::meaning_of(kKinds, op);
}

/// Values that are compared with a target, and how.
struct Compared {
  ir::ValueId value;
  Kind kind;
  std::string target;
};

std::vector<Compared> comparisons(const ir::Graph& graph) {
  std::vector<Compared> found;
  const auto add = [&](std::optional<ir::ValueId> value, std::optional<ir::ValueId> target, Kind kind) {
    if (!value || !target || graph.values[*target].kind != ir::ValueKind::Input) return;
    const ir::Input& input = graph.inputs[graph.values[*target].source];
    if (input.target) found.push_back({*value, kind, input.name});
  };
  for (const ir::Node& node : graph.nodes)
    if (const auto kind = kind_at(ir::op_of(node).name))
      add(value_of(graph, ir::operand_of(node, "input")), value_of(graph, ir::operand_of(node, "target")), *kind);
  // A loss of one's own says nothing; what is counted as right does.
  for (const ir::Metric& metric : graph.metrics)
    if (metric.kind == catalogue::MetricId::Accuracy && metric.operands.size() == 2)
      add(value_of(graph, &metric.operands[0]), value_of(graph, &metric.operands[1]), Kind::Logits);
  return found;
}

bool fits(const ClassScores& scores, const types::TensorType& type) {
  const auto count = static_cast<std::int64_t>(scores.names.size());
  const bool one = type.rank() == 1 || (type.rank() == 2 && type.shape[1] == types::Dim(1));
  if (scores.kind == Kind::Logit || scores.kind == Kind::Probability) return one && count == 2;
  return type.rank() == 2 && type.shape[1] == types::Dim(count);
}

}  // namespace

at::Tensor ClassScores::probabilities(const at::Tensor& output) const {
  const at::Tensor scores = output.to(at::kDouble);
  switch (kind) {
    case Logits:
      return scores.softmax(1);
    case LogProbabilities:
      return scores.exp();
    case Logit:
    case Probability: {
      const at::Tensor second = (kind == Logit ? scores.sigmoid() : scores).reshape({-1});
      return at::stack({1 - second, second}, 1);
    }
    case Index:
      break;
  }
  return {};
}

at::Tensor ClassScores::predicted(const at::Tensor& output) const {
  return kind == Index ? output.reshape({-1}).to(at::kLong) : probabilities(output).argmax(1);
}

std::map<std::string, ClassScores> class_scores(const ir::Graph& graph, const ir::Data& recipe, std::size_t feed,
                                                const std::vector<data::FitState>& fitted) {
  std::map<std::string, ClassScores> found;
  const std::vector<Compared> compared = comparisons(graph);
  const auto scores_of = [&](ir::ValueId value) -> std::optional<ClassScores> {
    for (const Compared& one : compared) {
      if (one.value != origin_of(graph, value)) continue;
      ClassScores scores{one.kind, one.target, names_of(recipe, feed, fitted, one.target)};
      if (!scores.names.empty()) return scores;
    }
    return std::nullopt;
  };
  for (const ir::Output& output : graph.outputs) {
    if (output.value.kind != ir::Operand::Value || !output.type.is_tensor()) continue;
    auto scores = scores_of(output.value.value);
    if (scores && fits(*scores, output.type.tensor)) {
      found.emplace(output.name, std::move(*scores));
      continue;
    }
    // The place of the highest score is a category, too.
    const ir::ValueInfo& value = graph.values[origin_of(graph, output.value.value)];
    if (value.kind != ir::ValueKind::Result) continue;
    const ir::Node& node = graph.nodes[value.source];
    const ir::Operand* scored = ir::operand_of(node, "input");
    static const ops::Op* const argmax = ops::Catalogue::get().function("argmax");
    if (&ir::op_of(node) != argmax || !scored || scored->kind != ir::Operand::Value) continue;
    scores = scores_of(scored->value);
    if (!scores || output.type.tensor.rank() != 1) continue;
    scores->kind = Kind::Index;
    found.emplace(output.name, std::move(*scores));
  }
  return found;
}

}  // namespace modelc::runtime
