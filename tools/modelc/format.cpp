// `modelc fmt`: descriptions in their canonical layout, comments kept.
#include <fmt/format.h>

#include <cstdio>

#include "modelc/fix.h"
#include "modelc/output.h"
#include "pipeline/layout.h"
#include "support/text_file.h"

namespace modelc::cli {
namespace {

constexpr std::size_t kMost = 16u << 20;

/// kDone where the file has its layout now.
int format_file(const std::string& path, const Invocation& invocation) {
  std::string text;
  if (const std::string why = support::read_text(path, kMost, text); !why.empty()) {
    std::fprintf(stderr, "modelc: cannot read `%s`: %s\n", path.c_str(), why.c_str());
    return kFaulty;
  }
  support::SourceManager sources;
  diagnostics::Sink sink;
  const support::FileId file = sources.add(path, std::move(text));
  const auto made = pipeline::laid_out(sources, file, sink);
  if (!made) {
    show(sink.sorted(), sources, invocation);
    return kFaulty;
  }
  if (*made == sources.file(file).text()) return kDone;
  if (invocation.check) {
    print(fmt::format("{}: not in its layout\n", path));
    return kFaulty;
  }
  if (const std::string fault = rewrite_file(path, sources.file(file).text(), *made); !fault.empty()) {
    std::fprintf(stderr, "modelc: cannot write `%s`: %s\n", path.c_str(), fault.c_str());
    return kFailed;
  }
  if (!invocation.quiet) std::fprintf(stderr, "%s: laid out\n", path.c_str());
  return kDone;
}

}  // namespace

int run_fmt(const Invocation& invocation) {
  int code = kDone;
  for (const std::string& path : invocation.arguments) {
    const int own = format_file(path, invocation);
    if (code == kDone) code = own;
  }
  return code;
}

}  // namespace modelc::cli
