// What is said of a name that means nothing where it stands: the name that was meant, or what the language writes for
// what others write.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

/// Stays quiet where what would give the name is faulty.
void report_unknown(Tracer& tracer, const std::string& name, Span span, const Scope& scope, bool called);

/// `nn.ReLU`, `torch.cat`, `self.act`: what Python writes before a name stands for nothing here. False where `member`
/// is no such thing, true after reporting.
bool report_foreign(Tracer& tracer, const ast::Expr& member, const Scope& scope, bool called);

}  // namespace modelc::trace
