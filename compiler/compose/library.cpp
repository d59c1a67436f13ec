#include "compose/library.h"

#include "compose/edits.h"
#include "ops/op.h"
#include "syntax/description/description.h"
#include "syntax/yaml/yaml.h"

namespace modelc::compose {
namespace {

bool occurs(const support::SourceManager& sources, const std::string& name) {
  for (support::FileId file = 1; sources.contains(file); ++file)
    if (sources.file(file).text().find(name) != std::string::npos) return true;
  return false;
}

ast::DescriptionPtr read(support::SourceManager& sources, const ops::Op& op, diagnostics::Sink& sink) {
  const support::FileId file = sources.add("torch.nn." + op.name, std::string(op.becomes.written.text));
  sink.hide(file);
  const syntax::YamlDocument yaml = syntax::read_yaml(sources, file, sink);
  ast::DescriptionPtr description = syntax::parse_description(yaml.root, op.name, sink);
  description->file.is_document = description->file.built_in = true;
  set_scopes(description);
  return description;
}

}  // namespace

void load_library(support::SourceManager& sources, Composition& out, diagnostics::Sink& sink) {
  for (const ops::Op& op : ops::Catalogue::get().all())
    if (op.becomes.is_written() && occurs(sources, op.name)) out.library[op.name] = read(sources, op, sink);
}

}  // namespace modelc::compose
