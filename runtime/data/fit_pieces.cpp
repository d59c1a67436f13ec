// The numbers of pieces of text as a feed learns and checks them.
#include "data/feed.h"
#include "data/windows.h"

namespace modelc::data {

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
    pieces.push_back({column_of(part), &part.data->windows, &part.rows});
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
  const std::int64_t step = first_unnumbered(*fit->second.numbering, {column, &part.data->windows, &part.rows});
  if (step < 0) return true;
  sink.report(node.span, diag::DataUnseenCategory, column->place(step), column->shown(step))
      .help("the vocabulary is of the rows that train; `tokens=\"words\"` has a number for what it lacks");
  return false;
}

}  // namespace modelc::data
