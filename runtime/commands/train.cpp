// `train`: by the recipe, into a run folder.
#include "train/loop.h"

namespace modelc::runtime {

int train(const Request& request) {
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
