#include "compose/loader.h"

#include <algorithm>
#include <filesystem>

#include "catalogue/keys.h"
#include "compose/edits.h"
#include "compose/expressions.h"
#include "compose/overrides.h"
#include "support/spelling.h"
#include "support/text_file.h"
#include "syntax/description/description.h"
#include "syntax/yaml/yaml.h"

namespace modelc::compose {
namespace {

namespace fs = std::filesystem;
using support::Span;

bool is_checkpoint_name(const std::string& path) { return path.ends_with(".safetensors"); }

std::string folder_of(const std::string& display) { return fs::path(display).parent_path().string(); }

/// `layers/block.yaml` as seen from the folder of the file that names it.
std::string display_path(const std::string& folder, const std::string& file) {
  const fs::path path(file);
  return (path.is_absolute() || folder.empty() ? path : fs::path(folder) / path).lexically_normal().string();
}

/// A file of the same folder with nearly that name.
std::optional<std::string> nearest_file(const std::string& display) {
  std::error_code error;
  std::vector<std::string> known;
  const fs::path path(display);
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (fs::directory_iterator it(folder, error), end; !error && it != end && known.size() < 1000; it.increment(error)) {
    if (it->path().filename() != path.filename()) known.push_back(it->path().filename().string());
  }
  std::sort(known.begin(), known.end());
  const auto near = support::nearest(path.filename().string(), known);
  if (!near) return std::nullopt;
  return (path.parent_path() / *near).string();
}

/// Whether a word that a colon follows is one of a description's keys, or there is no word at all.
bool may_be_description(std::string_view text) {
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
  };
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':', colon + 1)) {
    std::size_t end = colon;
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '"' || text[end - 1] == '\'')) --end;
    std::size_t begin = end;
    while (begin > 0 && is_part(text[begin - 1])) --begin;
    if (catalogue::find_key(catalogue::Place::Document, text.substr(begin, end - begin))) return true;
  }
  bool comment = false, empty = true;
  for (const char c : text) {
    comment = c != '\n' && (comment || c == '#');
    empty = empty && (comment || std::isspace(static_cast<unsigned char>(c)));
  }
  return empty || looks_like_bundle(text);
}

}  // namespace

bool Loader::exists(const std::string& display) const {
  std::error_code error;
  return contents_.contains(resolve_path("", display)) || fs::is_regular_file(display, error);
}

bool Loader::may_enter(const Step& step) {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].key != step.key) continue;
    auto report = sink_.report(step.asked, diag::FileCircle, step.display);
    for (std::size_t k = i + 1; k < steps_.size(); ++k) {
      report.note(steps_[k].asked, "`" + steps_[k - 1].display + "` asks for `" + steps_[k].display + "` here");
    }
    return false;
  }
  if (steps_.size() >= kDepth) {
    sink_.report(step.asked, diag::FilesTooDeep, step.display, kDepth);
    return false;
  }
  if (texts_.size() < kFiles) return true;
  if (!full_) sink_.report(step.asked, diag::TooManyFiles, step.display, kFiles);
  full_ = true;
  return false;
}

std::optional<std::string> Loader::read(const Step& step) {
  if (const auto given = contents_.find(step.key); given != contents_.end()) return given->second;
  std::error_code error;
  const auto refuse = [&](const std::string& why) {
    auto report = sink_.report(step.asked, diag::CannotReadFile, step.display, why);
    if (fs::exists(step.display, error)) return std::nullopt;
    if (const auto near = nearest_file(step.display)) report.help("did you mean `" + *near + "`?");
    return std::nullopt;
  };
  const fs::file_status status = fs::status(step.display, error);
  if (!fs::exists(status)) return refuse(error ? error.message() : "no such file");
  if (fs::is_directory(status)) return refuse("it is a folder");
  if (is_checkpoint_name(step.display)) {
    std::string fault;
    auto bundle = read_checkpoint_bundle(step.display, fault);
    if (!bundle) sink_.report(step.asked, diag::NotACheckpoint, step.display, fault);
    return bundle;
  }
  std::string text;
  if (const std::string why = support::read_text(step.display, kBytes, text); !why.empty()) return refuse(why);
  if (text.size() > kBytes) {
    sink_.report(step.asked, diag::FileTooLarge, step.display, kBytes >> 20);
    return std::nullopt;
  }
  // What another file asks for is shown line by line in reports: only a description is.
  if (!steps_.empty() && !may_be_description(text))
    return refuse("it is no description, none of its words is a key of one");
  return text;
}

void Loader::settle(const ast::ComponentPtr& root, const std::string& display, const std::string& folder) {
  for_each_component(root, [&](const ast::ComponentPtr& component) {
    component->file.path = display;
    component->file.folder = folder;
    for (ast::WeightsEntry& weights : component->by_path.weights) weights.folder = folder;
    for (auto& [name, import] : component->imports) {
      if (!import.file.empty()) load_import(folder, import);
    }
  });
}

void Loader::load_import(const std::string& folder, ast::Import& import) {
  const std::size_t hash = import.file.find('#');
  const std::string file = import.file.substr(0, hash);
  const std::string component = hash == std::string::npos ? "" : import.file.substr(hash + 1);
  const ast::DescriptionPtr found = load(display_path(folder, file), import.span);
  import.file = resolve_path(folder, file) + (hash == std::string::npos ? "" : import.file.substr(hash));
  finish(found);
  if (!found || hash == std::string::npos) return;
  std::vector<std::string> known;
  for (const ast::LocalComponent& local : found->components) {
    if (local.name.text == component) return;
    known.push_back(local.name.text);
  }
  for (const auto& define : found->defines) {
    if (define.name.text == component) return;
    known.push_back(define.name.text);
  }
  if (found->faulty_keys) return;
  out_.complete = false;
  auto report = sink_.report(import.span, diag::UnknownComponent, file, component);
  if (const auto near = support::nearest(component, known)) report.help("did you mean `" + file + "#" + *near + "`?");
}

ast::DescriptionPtr Loader::parse(const Step& step, std::string text, bool as_base) {
  const support::FileId file = sources_.add(step.display, std::move(text));
  const std::string folder = folder_of(step.display);
  set_folder(file, folder);
  const syntax::YamlDocument yaml = syntax::read_yaml(sources_, file, sink_);
  if (!yaml.root) return nullptr;
  ast::DescriptionPtr own = syntax::parse_description(yaml.root, step.display, sink_, as_base);
  if (!own) return nullptr;
  // What is missing may stand where something could not be read.
  own->faulty_keys = own->faulty_keys || !yaml.sound;
  out_.sound = out_.sound && !own->faulty_keys;
  out_.readable = out_.readable && is_readable(*own);
  own->file.is_document = true;
  settle(own, step.display, folder);
  if (!own->undecided.empty() && !decide(*own)) {
    own->faulty_keys = true;
    out_.complete = false;
  }
  if (own->extends.text.empty()) return own;
  const ast::DescriptionPtr base = load_base(folder, own->extends);
  if (!base) return nullptr;
  std::vector<AddedParam> added = added_[base.get()];
  const Merged merged = merge(*base, *own, added, sink_);
  out_.complete = out_.complete && merged.complete;
  added_[merged.description.get()] = std::move(added);
  return merged.description;
}

bool Loader::decide(ast::Description& own) {
  if (!settle_) {
    sink_.report(own.span, diag::NotSupportedYet, "control flow around `extends` and variants here");
    return false;
  }
  ast::Description probe = own;
  if (steps_.size() == 1) give_stated(sources_, probe, outer_);
  const bool decided = settle_(probe, sink_);
  ast::Description only;
  only.undecided = std::move(own.undecided);
  own.extends = probe.extends;
  own.variants = probe.variants;
  own.undecided = {};
  own.undecided.names = names_read(only);
  return decided;
}

ast::DescriptionPtr Loader::load_base(const std::string& folder, const ast::Name& extends) {
  const auto [file, variant] = split_variant(*this, display_path(folder, extends.text));
  const ast::DescriptionPtr whole = load(file, extends.span, true);
  if (!whole || variant.empty()) return whole;
  const auto base = std::make_shared<ast::Description>(*whole);
  added_[base.get()] = added_[whole.get()];
  if (!apply_variant(*base, variant, extends.span, sink_)) out_.complete = false;
  kept_.push_back(base);
  return base;
}

ast::DescriptionPtr Loader::from_bundle(const Step& step, const std::string& text, Bundle& bundle) {
  std::string fault;
  std::optional<Bundle> read = read_bundle(text, fault);
  if (!read) {
    sink_.report(step.asked, diag::BadBundle, step.display, fault);
    return nullptr;
  }
  bundle = std::move(*read);
  if (steps_.empty()) outer_.insert(outer_.begin(), bundle.layers.begin(), bundle.layers.end());
  // What the bundle was made of is what it means, whatever stands in those places by now.
  for (const auto& [path, content] : bundle.files) contents_[path] = content;
  return load(bundle.root, step.asked);
}

ast::DescriptionPtr Loader::load(const std::string& display, Span asked, bool as_base) {
  const Step step{resolve_path("", display), display, asked};
  if (const auto known = loaded_.find(step.key); known != loaded_.end()) return known->second;
  if (!may_enter(step)) return out_.complete = false, nullptr;
  std::optional<std::string> text = read(step);
  ast::DescriptionPtr description;
  if (text) {
    texts_[step.key] = *text;
    steps_.push_back(step);
    if (looks_like_bundle(*text)) {
      Bundle bundle;
      if (const auto root = from_bundle(step, *text, bundle)) {
        description = std::make_shared<ast::Description>(*root);
        added_[description.get()] = added_[root.get()];
        if (!apply_layers(*this, *description, bundle.layers, sink_)) out_.complete = false;
      }
    } else {
      description = parse(step, std::move(*text), as_base);
    }
    steps_.pop_back();
  }
  if (!description) out_.complete = false;
  loaded_[step.key] = description;
  out_.files[step.key] = description;
  return description;
}

ast::DescriptionPtr Loader::load_root(const std::string& display, Bundle& bundle, const Overrides& asked) {
  outer_ = {asked};
  const Step step{resolve_path("", display), display, {}};
  bundle.root = step.key;
  std::optional<std::string> text;
  if (contents_.contains(step.key) || exists(display)) {
    text = read(step);
    if (!text) return nullptr;
  }
  if (text && looks_like_bundle(*text)) return from_bundle(step, *text, bundle);
  if (text) contents_[step.key] = std::move(*text);
  return load(display, {});
}

void Loader::finish(const ast::DescriptionPtr& description) {
  if (!description || !finished_.insert(description.get()).second) return;
  if (!check(description, description)) out_.complete = false;
}

void Loader::finish_root(const ast::DescriptionPtr& loaded, const ast::DescriptionPtr& root) {
  if (!check(root, loaded)) out_.complete = false;
}

bool Loader::check(const ast::DescriptionPtr& description, const ast::DescriptionPtr& loaded) {
  set_scopes(description);
  const bool edits = check_edits(description, sink_);
  // What a variant gives that is no param changes nothing of the model: the rest is looked at all the same.
  out_.sound = check_variants(*description, sink_) && out_.sound;
  return check_added(*description, added_[loaded.get()]) && edits;
}

bool Loader::check_added(const ast::Description& description, const std::vector<AddedParam>& added) {
  if (added.empty() || description.faulty_keys) return true;
  bool all_read = true;
  const std::set<std::string> read = names_read(description);
  std::vector<std::string> known;
  for (const auto& item : description.params) {
    if (item.kind == ast::ItemKind::Entry) known.push_back(item.name.text);
  }
  for (const AddedParam& param : added) {
    if (read.contains(param.name)) continue;
    std::vector<std::string> others;
    for (const std::string& name : known) {
      if (name != param.name) others.push_back(name);
    }
    auto report = sink_.report(param.span, diag::ParamUnread, param.name);
    report.did_you_mean(param.name, others);
    all_read = false;
  }
  return all_read;
}

}  // namespace modelc::compose
