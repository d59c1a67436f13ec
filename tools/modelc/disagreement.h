// Whether a description and the one that a checkpoint carries compute the same (LANGUAGE §12).
#pragma once

#include <optional>
#include <string>

#include "modelc/invocation.h"

namespace modelc::cli {

/// Where the model of the FILE and that of the checkpoint differ, in words; nullopt where they agree or where one of
/// them cannot be compiled, which is reported elsewhere. What acts in training only is passed over.
std::optional<std::string> disagreement(const Invocation& invocation, const std::string& checkpoint);

}  // namespace modelc::cli
