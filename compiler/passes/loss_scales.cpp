#include "passes/loss_scales.h"

#include <fmt/format.h>

#include <set>

#include "ops/spoken.h"

namespace modelc::passes {

namespace {

using ops::Scale;

const char* words_of(Scale scale) {
  switch (scale) {
    case Scale::Logits:
      return "logits";
    case Scale::Probabilities:
      return "probabilities";
    case Scale::LogProbabilities:
      return "log-probabilities";
    case Scale::Clipped:
    case Scale::Unknown:
      break;
  }
  return "numbers of at least 0";
}

/// Whether a loss that takes the one is wrong for the other. (The softmax of log-probabilities is that of the logits.)
bool misfits(Scale takes, Scale gives) {
  if (gives == Scale::Unknown || gives == takes) return false;
  return takes != Scale::Logits || gives != Scale::LogProbabilities;
}

/// Its results are elements of the first operand, unchanged but for a factor.
bool passes_on(const ops::Op& op) {
  return op.has(ops::Trait::View) || op.has(ops::Trait::Converts) || op.has(ops::Trait::Permutes) ||
         op.has(ops::Trait::IdentityInEvaluation);
}

/// The node that decides the scale of a value; null where that is not known.
const ir::Node* scaled_by(const ir::Graph& graph, ir::ValueId value) {
  while (true) {
    const ir::ValueInfo& info = graph.values[value];
    if (info.kind != ir::ValueKind::Result || info.index != 0) return nullptr;
    const ir::Node& node = graph.nodes[info.source];
    if (ir::op_of(node).numbers.gives != Scale::Unknown) return &node;
    if (!passes_on(ir::op_of(node)) || node.operands.empty() || node.operands[0].kind != ir::Operand::Value)
      return nullptr;
    value = node.operands[0].value;
  }
}

std::string cure(Scale takes, Scale gives, std::string_view given) {
  if (gives == Scale::Clipped) return fmt::format("leave `{}` out behind the last layer", given);
  if (takes == Scale::Logits) return fmt::format("leave `{}` out: the loss does that itself", given);
  if (takes == Scale::LogProbabilities)
    return gives == Scale::Probabilities
               ? "`log_softmax` in the place of the softmax gives them"
               : "`cross_entropy` takes logits; `log_softmax` makes log-probabilities of them";
  return "`binary_cross_entropy_with_logits` takes logits; `sigmoid` makes probabilities of them";
}

}  // namespace

bool loss_scales(const ir::Program& program, diagnostics::Sink& sink) {
  std::set<std::pair<support::FileId, std::uint32_t>> told;  // a loss stands in several graphs
  for (const ir::Graph& graph : program.graphs)
    for (const ir::Node& node : graph.nodes) {
      const Scale takes = ir::op_of(node).numbers.takes;
      if (takes == Scale::Unknown || node.operands.empty() || node.operands[0].kind != ir::Operand::Value) continue;
      const ir::Node* from = scaled_by(graph, node.operands[0].value);
      if (!from) continue;
      const Scale gives = ir::op_of(*from).numbers.gives;
      if (!misfits(takes, gives) || !told.insert({node.span.file, node.span.begin}).second) continue;
      const std::string_view loss = ops::spoken(ir::op_of(node).name), giver = ops::spoken(ir::op_of(*from).name);
      auto report = gives == Scale::Clipped
                        ? sink.report(node.span, diag::LossClipped, loss, words_of(takes), giver)
                        : sink.report(node.span, diag::LossScale, loss, words_of(takes), giver, words_of(gives));
      if (from->span.valid())
        report.note(from->span, from->path.empty() ? fmt::format("`{}` is called here", giver)
                                                   : fmt::format("`{}` (`{}`) is called here", giver, from->path));
      report.help(cure(takes, gives, giver));
    }
  return true;
}

}  // namespace modelc::passes
