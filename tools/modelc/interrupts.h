// Signals before there is something to save.
#pragma once

namespace modelc::cli {

/// An interrupt ends the process at once, with a word and the exit code of one. `trains`: the word says that nothing is
/// saved, and a terminal that is closed ends nothing. What is ignored already stays so.
void answer_signals(bool trains);

}  // namespace modelc::cli
