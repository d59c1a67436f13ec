#include "commands/predict_rows.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>

#include "commands/row_outputs.h"
#include "plan/make_plan.h"
#include "train/session.h"

namespace modelc::runtime {
namespace {

constexpr int kDone = 0, kFaulty = 1, kFailed = 3;

/// `state.0` is a part of `state`.
bool names_part(const std::string& asked, const std::string& output) {
  return asked == output || asked.starts_with(output + ".");
}

void flatten(const std::string& name, const exec::Result& result, NamedBatch& out) {
  if (result.tensor.defined()) out.emplace_back(name, result.tensor);
  for (std::size_t i = 0; i < result.parts.size(); ++i) flatten(fmt::format("{}.{}", name, i), result.parts[i], out);
}

/// The rows of one dataset on their way: the feed that serves it, the graph, what it puts out.
class RowRun {
 public:
  RowRun(train::Session& session, const data::Part& part, std::size_t index)
      : session_(session),
        request_(session.request()),
        sink_(session.sink()),
        part_(part),
        feed_index_(data::feed_index(session.recipe().data, *part.data, index)) {}

  /// False after reporting.
  bool prepare() {
    const ir::Graph* graph = choose_graph();
    if (!graph || !choose_outputs(*graph)) return false;
    plan::Plan plan = plan::make_plan(*graph, session_.program().tree, roots_);
    std::vector<std::string> wanted;
    for (std::size_t i = 0; i < graph->inputs.size(); ++i)
      if (plan.inputs[i].needed) wanted.push_back(graph->inputs[i].name);
    executor_.emplace(std::move(plan), &session_.tree(), exec::checks_for(request_.verify));
    if (!connect_feed(wanted)) return false;
    for (const ir::Input& input : graph->inputs) {
      const auto found = std::find(feed_->names().begin(), feed_->names().end(), input.name);
      source_.push_back(found == feed_->names().end() ? SIZE_MAX
                                                      : static_cast<std::size_t>(found - feed_->names().begin()));
      const std::size_t i = source_.size() - 1;
      if (source_[i] != SIZE_MAX || !executor_->plan().inputs[i].needed) continue;
      sink_.report(input.span, diag::NothingFeeds, input.name);
      return false;
    }
    return check_outputs(*graph);
  }

  std::map<std::string, ClassScores> classes() const {
    return class_scores(*graph_, session_.recipe().data, feed_index_, session_.fits());
  }
  std::vector<std::string> output_names() const {
    std::vector<std::string> names;
    for (const plan::Root& root : roots_) names.push_back(root.name);
    return names;
  }

  /// Visits the batches in order; false where `visit` does.
  template <class Visit>
  bool for_batches(const Visit& visit) {
    const auto step = static_cast<std::size_t>(session_.recipe().training.batch);
    for (std::size_t at = 0; at < part_.rows.size(); at += step) {
      const auto begin = part_.rows.begin() + static_cast<std::ptrdiff_t>(at);
      const std::vector<std::int64_t> rows(begin,
                                           begin + static_cast<std::ptrdiff_t>(std::min(step, part_.rows.size() - at)));
      const std::vector<at::Tensor> fed = feed_->run(rows);
      std::vector<at::Tensor> inputs(source_.size());
      for (std::size_t i = 0; i < source_.size(); ++i)
        if (source_[i] != SIZE_MAX && executor_->plan().inputs[i].needed) inputs[i] = fed[source_[i]];
      const std::vector<exec::Result> results = executor_->run(inputs);
      NamedBatch batch;
      for (std::size_t i = 0; i < results.size(); ++i) flatten(roots_[i].name, results[i], batch);
      std::erase_if(batch, [&](const auto& one) { return !is_asked(one.first); });
      if (!visit(rows, batch)) return false;
    }
    return true;
  }

 private:
  bool is_asked(const std::string& name) const {
    return request_.only.empty() || std::any_of(request_.only.begin(), request_.only.end(),
                                                [&](const std::string& asked) { return names_part(name, asked); });
  }

  const ir::Graph* choose_graph() {
    const auto choices = session_.choices_of(*part_.data);
    if (!choices) return nullptr;
    std::vector<std::string> fed;
    const ir::Data& data = session_.recipe().data;
    for (const ir::Output& output : data.feeds.at(std::min(feed_index_, data.feeds.size() - 1)).outputs)
      fed.push_back(output.name);
    graph_ = train::find_graph(session_.program(), false, fed, *choices);
    if (!graph_ && !train::all_chosen(session_.program(), *choices))
      sink_.report(data.given->span, diag::NoGraphForInputs, fmt::format("{}", fmt::join(fed, ", ")))
          .help("`source -> with(kind=\"text\")` says which variant of the model the rows are for");
    return graph_;
  }

  bool choose_outputs(const ir::Graph& graph) {
    std::vector<std::string> known;
    for (const ir::Output& output : graph.outputs) known.push_back(output.name);
    for (const std::string& asked : request_.only) {
      if (std::any_of(known.begin(), known.end(), [&](const std::string& name) { return names_part(asked, name); }))
        continue;
      auto report = sink_.report({}, diag::PredictOutputUnknown, asked);
      if (!report.did_you_mean(asked, known)) report.help(fmt::format("it has {}", fmt::join(known, ", ")));
      return false;
    }
    for (const ir::Output& output : graph.outputs) {
      const bool wanted =
          request_.only.empty() || std::any_of(request_.only.begin(), request_.only.end(),
                                               [&](const std::string& one) { return names_part(one, output.name); });
      if (wanted) roots_.push_back({output.name, output.value});
    }
    return true;
  }

  /// Only the columns behind the inputs that are needed: targets have none.
  bool connect_feed(const std::vector<std::string>& wanted) {
    const ir::Data& data = session_.recipe().data;
    feed_ = std::make_unique<data::Feed>(data, feed_index_, wanted);
    if (!feed_->connect(*part_.data, data.given->span, sink_)) return false;
    std::string missing;
    if (!feed_->restore(session_.fits(), missing)) {
      sink_.report(data.span, diag::CheckpointLacksFit, request_.weights.back(), missing);
      return false;
    }
    return feed_->check(part_, session_.recipe().training.batch, passes::index_limits(session_.program()), sink_);
  }

  /// Each output that is written has the rows as its first dimension, as the inputs do.
  bool check_outputs(const ir::Graph& graph) {
    std::optional<types::Dim> rows;
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
      const types::Type& type = graph.inputs[i].type;
      if (!rows && source_[i] != SIZE_MAX && type.is_tensor() && type.tensor.rank() > 0) rows = type.tensor.shape[0];
    }
    for (const ir::Output& output : graph.outputs) {
      const bool written =
          std::any_of(roots_.begin(), roots_.end(), [&](const plan::Root& root) { return root.name == output.name; });
      if (written && !check_output(output.name, output.type, rows, output.span)) return false;
    }
    return true;
  }

  bool check_output(const std::string& name, const types::Type& type, const std::optional<types::Dim>& rows,
                    support::Span span) {
    if (!is_asked(name) && !type.parts().empty() && !type.is_tensor()) {
      for (std::size_t i = 0; i < type.parts().size(); ++i)
        if (is_asked(fmt::format("{}.{}", name, i)) &&
            !check_output(fmt::format("{}.{}", name, i), type.parts()[i], rows, span))
          return false;
      return true;
    }
    if (!type.is_tensor()) {
      for (std::size_t i = 0; i < type.parts().size(); ++i)
        if (!check_output(fmt::format("{}.{}", name, i), type.parts()[i], rows, span)) return false;
      return true;
    }
    if (type.tensor.rank() > 0 && rows && type.tensor.shape[0] == *rows) return true;
    sink_.report(span, diag::PredictNoTable, name, type.str());
    return false;
  }

  train::Session& session_;
  const Request& request_;
  diagnostics::Sink& sink_;
  const data::Part& part_;
  std::size_t feed_index_;
  const ir::Graph* graph_ = nullptr;
  std::vector<plan::Root> roots_;
  std::optional<exec::Executor> executor_;
  std::unique_ptr<data::Feed> feed_;
  std::vector<std::size_t> source_;  // per graph input: index into what the feed gives, or SIZE_MAX
};

class RowPrediction {
 public:
  explicit RowPrediction(const Request& request) : request_(request), session_(request) {}

  int run() {
    if (!session_.open_rows()) return kFaulty;
    session_.tree().train(false);
    at::NoGradGuard no_grad;
    std::vector<RowRun> runs;
    const std::vector<data::Part>& parts = session_.given_parts();
    runs.reserve(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      runs.emplace_back(session_, parts[i], i);
      if (!runs[i].prepare()) return kFaulty;
    }
    if (!open_outputs(runs)) return kFaulty;
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (!runs[i].for_batches(
              [&](const auto& rows, const NamedBatch& batch) { return add(*parts[i].data, rows, batch); }))
        return kFailed;
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      if (const std::string fault = outputs_[i]->finish(); !fault.empty()) return fail(i, fault);
    return kDone;
  }

 private:
  bool open_outputs(const std::vector<RowRun>& runs) {
    const std::int64_t rows = data::row_count(session_.given_parts());
    for (const std::string& spec : request_.outputs) {
      const std::size_t equal = spec.find('=');
      const std::vector<std::string> known = runs.at(0).output_names();
      const std::string name = spec.substr(0, equal);
      const bool there = equal == std::string::npos || std::any_of(known.begin(), known.end(), [&](const auto& one) {
                           return names_part(name, one);
                         });
      if (!there) {
        auto report = session_.sink().report({}, diag::PredictOutputUnknown, name);
        if (!report.did_you_mean(name, known)) report.help(fmt::format("it has {}", fmt::join(known, ", ")));
        return false;
      }
      if (equal == std::string::npos && spec.ends_with(".csv"))
        outputs_.push_back(row_table(spec, runs.at(0).classes(), *session_.recipe().data.given));
      else outputs_.push_back(row_arrays(spec, rows));
    }
    return true;
  }

  bool add(const data::Dataset& data, const std::vector<std::int64_t>& rows, const NamedBatch& batch) {
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const std::string fault = outputs_[i]->add(data, rows, batch);
      if (fault.empty()) continue;
      fail(i, fault);
      return false;
    }
    return true;
  }

  int fail(std::size_t output, const std::string& fault) {
    session_.sink().report({}, diag::CannotWriteFile, request_.outputs[output], fault);
    return kFailed;
  }

  const Request& request_;
  train::Session session_;
  std::vector<std::unique_ptr<RowOutput>> outputs_;
};

}  // namespace

int predict_rows(const Request& request) {
  if (request.weights.empty() && request.program->weights.empty()) {
    request.sink->report({}, diag::WeightsNeeded);
    return 2;
  }
  try {
    return RowPrediction(request).run();
  } catch (const data::DataFault& fault) {
    return data::report_fault(fault, *request.sink);
  } catch (const exec::RuntimeFault& fault) {
    request.sink->report(fault.span(), diag::KernelFault, fault.what());
    return std::string_view(fault.what()).find("memory") != std::string_view::npos ? kFailed : kFaulty;
  }
}

}  // namespace modelc::runtime
