// The typed intermediate representation, all of it: one module tree, graphs over explicit values, their text form and
// their rules. Who needs a part includes the part.
#pragma once

#include "ir/graph.h"        // IWYU pragma: export
#include "ir/module_tree.h"  // IWYU pragma: export
#include "ir/program.h"      // IWYU pragma: export
#include "ir/verify.h"       // IWYU pragma: export
#include "ir/write_text.h"   // IWYU pragma: export
