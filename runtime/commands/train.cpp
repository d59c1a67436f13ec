// `train`: by the recipe, into a run folder.
#include "train/loop.h"

namespace modelc::runtime {

int train(const Request& request) {
  if (request.resume) {
    request.sink->report({}, diag::NotSupportedYet, "`--resume`")
        .help("start a new run from the weights: `weights: {from: RUN/last.safetensors}`");
    return 1;
  }
  train::Session session(request);
  if (!session.open(true)) return 1;
  try {
    return train::train(session);
  } catch (const exec::RuntimeFault& fault) {
    request.sink->report(fault.span(), diag::KernelFault, fault.what());
    return 3;
  }
}

}  // namespace modelc::runtime
