// Any text as a program. What is read and keeps the rules of the IR prints as a text that is read as the same, before
// and after every pass, and keeps the rules.
#include "ir/ir.h"

#include "diagnostics/sink.h"
#include "ir/read_text.h"
#include "passes/passes.h"
#include "target.h"

using namespace modelc;

namespace {

void check_text(const ir::Program& program) {
  const std::string text = ir::print(program);
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  const ir::ReadText again = ir::read_text(text);
  fuzz::promise(again.ok, "what was printed is read");
  fuzz::promise(ir::print(again.program) == text, "what was printed is read as the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  ir::ReadText read = ir::read_text(fuzz::text_of(data, size));
  fuzz::promise(read.ok || (read.fault.line > 0 && !read.fault.what.empty()), "a refused text has a line and a reason");
  if (!read.ok || !ir::verify(read.program).empty()) return 0;
  check_text(read.program);
  for (const passes::Pass& pass : passes::passes()) {
    diagnostics::Sink sink;
    pass.run(read.program, sink);
    fuzz::promise(ir::verify(read.program).empty(), "a pass keeps the rules");
    check_text(read.program);
  }
  return 0;
}
