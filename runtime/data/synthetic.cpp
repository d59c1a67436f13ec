#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "build/room.h"
#include "data/dataset.h"
#include "data/random.h"
#include "exec/executor.h"
#include "plan/make_plan.h"
#include "support/counted.h"
#include "weights/tensor_file.h"

namespace modelc::data {

using catalogue::DrawId;

namespace {

at::Tensor drawn(const ir::Draw& draw, std::int64_t rows, std::int64_t seed, const std::string& salt) {
  std::vector<std::int64_t> shape{rows};
  shape.insert(shape.end(), draw.shape.begin(), draw.shape.end());
  Random random(mix_seed(seed, salt));
  if (draw.kind == DrawId::Randint) {
    at::Tensor values = at::empty(shape, at::kLong);
    const auto low = static_cast<std::int64_t>(draw.a), high = static_cast<std::int64_t>(draw.b);
    auto* out = values.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < values.numel(); ++i)
      out[i] = low + static_cast<std::int64_t>(
                         random.below(static_cast<std::uint64_t>(std::max<std::int64_t>(high - low, 1))));
    return values;
  }
  at::Tensor values = at::empty(shape, at::kFloat);
  auto* out = values.data_ptr<float>();
  for (std::int64_t i = 0; i < values.numel(); ++i)
    out[i] = static_cast<float>(draw.kind == DrawId::Uniform ? draw.a + (draw.b - draw.a) * random.uniform()
                                                             : draw.a + draw.b * random.normal());
  return values;
}

}  // namespace

at::Tensor draw_column(const ir::Draw& draw, std::int64_t rows, std::int64_t seed, const std::string& salt) {
  double bytes = static_cast<double>(rows) * (draw.kind == DrawId::Randint ? sizeof(std::int64_t) : sizeof(float));
  for (const std::int64_t size : draw.shape) bytes *= static_cast<double>(size);
  const std::string name = salt.substr(salt.rfind('/') + 1);
  return build::with_room(fmt::format("column `{}` of {} rows", name, rows), {}, bytes,
                          [&] { return drawn(draw, rows, seed, salt); });
}

std::optional<Dataset> Loader::load_synthetic(const ir::Source& source, const std::string& salt) {
  Dataset data;
  data.rows = source.rows;
  std::vector<const std::pair<std::string, ir::Draw>*> waiting;
  const auto add = [&](const std::string& name, at::Tensor values) {
    Column column;
    column.name = name;
    for (const formats::ColumnType& type : source.columns)
      if (type.name == name) values = values.to(weights::scalar_type(type.dtype));
    column.values = std::move(values);
    data.columns.push_back(std::move(column));
  };
  for (const auto& named : source.draws) {
    if (named.second.kind == DrawId::Graph) waiting.push_back(&named);
    else add(named.first, draw_column(named.second, source.rows, seed_, salt + "/" + named.first));
  }
  at::NoGradGuard no_grad;
  // Expressions over other columns, in whatever order they were written.
  while (!waiting.empty()) {
    const std::size_t before = waiting.size();
    for (std::size_t i = 0; i < waiting.size();) {
      const ir::Graph& graph = recipe_.column_graphs.at(waiting[i]->second.graph);
      const exec::Executor executor(plan::make_plan(graph, {}, plan::roots_of(graph, plan::Asked::Outputs)), nullptr);
      std::vector<at::Tensor> inputs(graph.inputs.size());
      bool ready = true;
      for (std::size_t k = 0; k < graph.inputs.size(); ++k) {
        const Column* column = data.find(graph.inputs[k].name);
        if (column) inputs[k] = column->take(consecutive(0, column->rows()));
        else if (executor.plan().inputs[k].needed) ready = false;
      }
      if (!ready) {
        ++i;
        continue;
      }
      try {
        // Random functions in an expression follow the data's seed too.
        at::Tensor values = executor.run(inputs).at(0).tensor;
        if (values.dim() == 0 || values.size(0) != source.rows) {
          sink_.report(graph.outputs[0].span, diag::DataRowsDiffer, "column `" + waiting[i]->first + "`",
                       support::counted(values.dim() == 0 ? 1 : values.size(0), "row"), "the source", source.rows);
          return std::nullopt;
        }
        add(waiting[i]->first, values);
      } catch (const exec::RuntimeFault& fault) {
        sink_.report(fault.span().valid() ? fault.span() : source.span, diag::KernelFault, fault.what());
        return std::nullopt;
      }
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (waiting.size() == before) {
      const ir::Graph& graph = recipe_.column_graphs.at(waiting[0]->second.graph);
      for (const ir::Input& input : graph.inputs)
        if (!data.find(input.name)) sink_.report(source.span, diag::DataColumnMissing, input.name);
      return std::nullopt;
    }
  }
  return data;
}

}  // namespace modelc::data
