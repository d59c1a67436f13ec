// `predict --generate`: an input that grows by what the description appends to it (`predict.generate`). Reports M7112,
// M8104, M8115, M8313.
#pragma once

#include "api.h"
#include "build/tree_module.h"
#include "data/numbering.h"
#include "exec/executor.h"

namespace modelc::train {

/// What is given beside the input that grows.
struct GivenInputs {
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  std::map<std::string, std::string> choices;
};

/// One sequence a row, and how long each is: a row that was stopped repeats its last step.
struct Sequences {
  at::Tensor values;
  std::vector<std::int64_t> lengths;
};

class Generator {
 public:
  /// nullopt after reporting. `grows`: the input will be given to `run`, and need not be among the others.
  static std::optional<Generator> make(const runtime::Request& request, const GivenInputs& given, bool grows);
  const std::string& feed() const { return generate_->feed; }
  /// Throws RuntimeFault as Executor does.
  Sequences run(build::TreeModule& tree, const GivenInputs& given, at::Tensor begin) const;
  /// Whether all inputs are there; reports those that are not.
  bool complete(const GivenInputs& given, diagnostics::Sink& sink) const;
  /// The input's type.
  const types::TensorType& type() const;

 private:
  /// The last steps, as many as the model takes at once.
  at::Tensor context(const at::Tensor& values) const;

  const ir::Generate* generate_ = nullptr;
  const ir::Graph* graph_ = nullptr;
  const ir::Program* program_ = nullptr;
  exec::ResultChecks checks_ = exec::ResultChecks::None;
};

/// How the checkpoint numbers the text of an input; nullptr after reporting.
std::shared_ptr<const data::Numbering> numbering_of(const runtime::Request& request, const std::string& input);

/// The texts of sequences, or of one prompt each, made longer. The exit code after reporting; 0 and `texts`.
struct Continued {
  int code = 0;
  std::vector<std::string> texts;
  std::vector<Sequences> sequences;  // one for each prompt, else one for all
};
Continued continued(const runtime::Request& request, const GivenInputs& given);

/// Texts on standard output, or to the file. The exit code.
int write_texts(const runtime::Request& request, const std::vector<std::string>& texts);

}  // namespace modelc::train
