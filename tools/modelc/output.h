// Where results and diagnostics go: results to standard output, everything else to standard error; both checked.
#pragma once

#include <string>
#include <vector>

#include "diagnostics/sink.h"
#include "modelc/invocation.h"

namespace modelc::cli {

/// Gives descriptors 0 to 2 that are closed something harmless, so that no file opened later becomes standard output;
/// writing to a closed pipe becomes an error instead of a signal.
void prepare_streams();

/// Writes a result to standard output. A failure is remembered.
void print(std::string_view text);
/// Flushes; `code`, or kFailed after a word on standard error where some result could not be written.
int finish(int code);

/// `modelc: message` to standard error; kUsage.
int usage_error(const std::string& message, std::string_view command = {});

bool colour_wanted(const Invocation& invocation);

/// Diagnostics as text to standard error or, with --format json, as an array to standard output (also an empty one).
void show(const std::vector<diagnostics::Diagnostic>& found, const support::SourceManager& sources,
          const Invocation& invocation);

/// kFaulty where there is an error among them, else kDone.
int exit_of(const std::vector<diagnostics::Diagnostic>& found);

}  // namespace modelc::cli
