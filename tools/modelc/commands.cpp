// Which function runs a command of the catalogue.
#include "modelc/invocation.h"

namespace modelc::cli {

Run run_of(CommandId command) {
  switch (command) {
    case CommandId::Check:
      return run_check;
    case CommandId::Summary:
      return run_summary;
    case CommandId::Ir:
      return run_ir;
    case CommandId::Resolve:
      return run_resolve;
    case CommandId::Test:
      return run_test;
    case CommandId::Fmt:
      return run_fmt;
    case CommandId::New:
      return run_new;
    case CommandId::Build:
      return run_build;
    case CommandId::Train:
      return run_train;
    case CommandId::LrFind:
      return run_lr_find;
    case CommandId::Sweep:
      return run_sweep;
    case CommandId::Runs:
      return run_runs;
    case CommandId::Bench:
      return run_bench;
    case CommandId::Eval:
      return run_eval;
    case CommandId::Predict:
      return run_predict;
    case CommandId::Explain:
      return run_explain;
    case CommandId::Ops:
      return run_ops;
    case CommandId::Schema:
      return run_schema;
    case CommandId::Diff:
      return run_diff;
    case CommandId::DataShow:
      return run_data_show;
    case CommandId::WeightsShow:
      return run_weights_show;
    case CommandId::WeightsMatch:
      return run_weights_match;
  }
  return nullptr;
}

}  // namespace modelc::cli
