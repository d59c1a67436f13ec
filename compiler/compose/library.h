// The built-in descriptions: operators of the catalogue that are written in the language (ops::Written). A text is read
// when its name occurs in what was read so far; most descriptions name none.
#pragma once

#include "compose/compose.h"

namespace modelc::compose {

/// Reads into `out.library` what the texts of `sources` may name.
void load_library(support::SourceManager& sources, Composition& out, diagnostics::Sink& sink);

}  // namespace modelc::compose
