// `train`: by the recipe, into a run folder.
#include <ATen/Parallel.h>

#include "train/dry_run.h"
#include "train/keeper.h"
#include "train/loop.h"

namespace modelc::runtime {

int train(const Request& request) {
  if (request.recipe->training.precision == ir::Precision::Float16) {
    request.sink
        ->report(request.recipe->data.span, diag::DeviceAbsent, "cuda", "`precision: fp16-mixed` computes there")
        .help("`precision: bf16-mixed` computes on a processor, too");
    return 3;
  }
  if (request.resume)
    if (const auto threads = train::Keeper::threads_of_run(request)) at::set_num_threads(*threads);
  train::Session session(request);
  if (!session.open(true)) return 1;
  try {
    return request.trial.dry_run ? train::dry_run(session) : train::train(session);
  } catch (const exec::RuntimeFault& fault) {
    return data::report_fault(fault, *request.sink);
  }
}

}  // namespace modelc::runtime
