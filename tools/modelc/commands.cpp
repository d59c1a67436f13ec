// The commands, declared once: dispatch, help and usage messages read this table.
#include "modelc/invocation.h"

namespace modelc::cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"check",
       "FILE...",
       "parse, resolve, infer, verify; all errors at once",
       {"modelc check model.yaml", "modelc check model.yaml --where H=224,W=224", "modelc check --fix models/*.yaml"},
       run_check},
      {"summary",
       "FILE",
       "the module tree with output types, parameters, FLOPs and constraints",
       {"modelc summary model.yaml", "modelc summary model.yaml@small --input x=8x3x224x224",
        "modelc summary best.safetensors --format json"},
       run_summary},
      {"ir",
       "FILE",
       "the intermediate representation as text",
       {"modelc ir model.yaml", "modelc ir model.yaml --after read"},
       run_ir},
      {"resolve",
       "FILE LINE:COLUMN",
       "what the name at this place means, where it is defined and used",
       {"modelc resolve model.yaml 12:9", "modelc resolve model.yaml@small 12:9 --format json"},
       run_resolve},
      {"build",
       "FILE",
       "instantiate the modules, load or draw weights, run once, write a checkpoint",
       {"modelc build model.yaml -o model.safetensors",
        "modelc build model.yaml --weights w.safetensors -o out.safetensors"},
       run_build},
      {"train",
       "FILE",
       "train by the recipe; metrics, checkpoints and logs go to the run folder",
       {"modelc train model.yaml -o runs/first", "modelc train model.yaml --set train.epochs=3 --seed 7"},
       run_train},
      {"eval",
       "FILE",
       "loss and metrics on the recipe's validation or test data",
       {"modelc eval model.yaml --weights runs/first/best.safetensors"},
       run_eval},
      {"predict",
       "FILE",
       "run inference",
       {"modelc predict model.yaml --weights best.safetensors --inputs in.safetensors -o out.safetensors",
        "modelc predict best.safetensors --weights best.safetensors --inputs x=x.npy --inputs kind=text -o "
        "logits=y.npy"},
       run_predict},
      {"explain", "CODE", "what a diagnostic means and how to cure it", {"modelc explain M6003"}, run_explain},
      {"ops", "[NAME]", "the operators, or the reference of one", {"modelc ops", "modelc ops Conv2d"}, run_ops},
  };
  return all;
}

}  // namespace modelc::cli
