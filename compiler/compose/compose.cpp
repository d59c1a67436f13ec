#include "compose/compose.h"

#include <filesystem>

#include "compose/expressions.h"
#include "compose/library.h"
#include "compose/overrides.h"

namespace modelc::compose {
namespace {

bool is_empty(const Overrides& o) {
  return o.variant.empty() && o.set.empty() && o.replace.empty() && o.append.empty() && o.prepend.empty() &&
         o.wrap.empty() && o.remove.empty() && o.freeze.empty();
}

}  // namespace

std::string resolve_path(const std::string& folder, const std::string& file) {
  namespace fs = std::filesystem;
  const fs::path path = fs::path(folder) / file;  // an absolute `file` stands alone
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  return (error ? path : absolute).lexically_normal().string();
}

std::optional<Composition> compose(support::SourceManager& sources, const std::string& file, const Overrides& overrides,
                                   diagnostics::Sink& sink, const Settle& settle) {
  Composition out;
  Loader loader(sources, overrides.contents, out, sink, settle);
  const auto [path, variant] = split_variant(loader, file);
  Overrides asked = with_canonical_paths(loader, overrides);
  if (!variant.empty() && !asked.variant.empty() && variant != asked.variant) {
    const CommandText text = add_command_text(sources, "", file, nullptr);
    support::Span span = text.name_span();
    span.begin = static_cast<std::uint32_t>(path.size() + 1);
    out.complete = false;
    sink.report(span, diag::VariantTwice, variant, asked.variant).help("leave one of them out");
  }
  if (asked.variant.empty()) asked.variant = variant;

  Bundle bundle;
  const ast::DescriptionPtr loaded = loader.load_root(path, bundle, asked);
  if (!loaded) return std::nullopt;
  if (!is_empty(asked)) bundle.layers.push_back(std::move(asked));

  // Others may hold the file as it stands; what comes from outside reaches the outermost one only.
  out.root = std::make_shared<ast::Description>(*loaded);
  if (!apply_layers(loader, *out.root, bundle.layers, sink)) out.complete = false;
  out.readable = out.readable && is_readable(*out.root);
  loader.finish_root(loaded, out.root);
  load_library(sources, out, sink);
  out.files[bundle.root] = out.root;
  bundle.files = loader.texts();
  out.bundle = write_bundle(bundle);
  return out;
}

}  // namespace modelc::compose
