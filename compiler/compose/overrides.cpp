#include "compose/overrides.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "support/spelling.h"
#include "syntax/description/description.h"
#include "syntax/expression/expression.h"

namespace modelc::compose {
namespace {

using ast::Declaration;
using ast::Description;
using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;
using support::Span;

std::string title_of(const Description& description) {
  if (!description.title.text.empty() && !description.title.pattern) return description.title.text;
  return description.file.path;
}

std::vector<std::string> param_names(Description& description) {
  std::vector<std::string> names;
  for_each_entry(description.params, [&](const ast::Item<Declaration>& item) { names.push_back(item.name.text); });
  return names;
}

/// A file reference taken apart: `encoders/resnet.yaml#Stem@small(width=128)`.
struct FileReference {
  std::string file;  // with `#Component`
  std::string variant;
  std::string arguments;  // with their parentheses
};

std::string without_component(const std::string& file) { return file.substr(0, file.find('#')); }

bool has_description_suffix(const std::string& file) {
  return file.ends_with(".yaml") || file.ends_with(".yml") || file.ends_with(".safetensors");
}

FileReference split_variant(const std::string& value) {
  const std::size_t slash = value.find_last_of('/');
  const std::size_t at = value.find_last_of('@');
  if (at == std::string::npos || at == 0 || (slash != std::string::npos && at < slash)) return {value, "", ""};
  return {value.substr(0, at), value.substr(at + 1), ""};
}

/// Arguments stand behind what ends like a description; a parenthesis may also be part of a file's name.
FileReference split_reference(const std::string& value) {
  for (std::size_t open = value.find('('); open != std::string::npos && value.ends_with(')');
       open = value.find('(', open + 1)) {
    FileReference reference = split_variant(value.substr(0, open));
    if (!has_description_suffix(without_component(reference.file))) continue;
    reference.arguments = value.substr(open);
    return reference;
  }
  return split_variant(value);
}

class Applier {
 public:
  Applier(Loader& loader, Description& description, diagnostics::Sink& sink)
      : loader_(loader), description_(description), sink_(sink) {}

  void variant(const std::string& name) {
    const CommandText text = add_command_text(loader_.sources(), "--variant", name, nullptr);
    loader_.set_folder(text.file, "");
    complete_ &= apply_variant(description_, name, text.name_span(), sink_);
  }

  void layer(const Overrides& layer) {
    // A module given whole comes before values for its params, in whichever order they were written.
    for (const bool dotted : {false, true}) {
      for (const auto& [name, value] : layer.set) {
        if ((name.find('.') != std::string::npos) == dotted) set(name, value);
      }
    }
    const int top = close_layer(description_);
    for (const auto& [path, value] : layer.replace) edit("--replace", ast::EditKind::Replace, path, value, top + 1);
    for (const auto& [path, value] : layer.append) edit("--append", ast::EditKind::Append, path, value, top + 1);
    for (const auto& [path, value] : layer.prepend) edit("--prepend", ast::EditKind::Prepend, path, value, top + 1);
    for (const auto& [path, value] : layer.wrap) edit("--wrap", ast::EditKind::Wrap, path, value, top + 1);
    for (const std::string& path : layer.remove) {
      const CommandText text = source("--remove", path, nullptr);
      description_.by_path.edits.push_back(edit_at(ast::EditKind::Remove, path, text, top + 1));
    }
    for (const std::string& glob : layer.freeze) {
      const CommandText text = source("--freeze", glob, nullptr);
      ast::PathEntry entry;
      entry.pattern = glob;
      entry.span = text.name_span();
      description_.by_path.freeze.push_back(std::move(entry));
    }
  }

  /// All that was asked for so far is done.
  bool complete() const { return complete_; }

 private:
  CommandText source(const std::string& option, const std::string& name, const std::string* value) {
    const CommandText text = add_command_text(loader_.sources(), option, name, value);
    loader_.set_folder(text.file, "");
    return text;
  }

  static ast::TreeEdit edit_at(ast::EditKind kind, const std::string& path, const CommandText& text, int layer) {
    ast::TreeEdit edit;
    edit.kind = kind;
    edit.path = path;
    edit.span = text.name_span();
    edit.layer = layer;
    return edit;
  }

  /// The name, or a call of it where the text ends in arguments. nullptr after reporting.
  ExprPtr called(const std::string& name, const std::string& arguments, const CommandText& text) {
    if (arguments.empty()) {
      auto expr = std::make_shared<Expr>();
      expr->kind = ExprKind::Name;
      expr->text = name;
      expr->span = text.value_span();
      return expr;
    }
    ast::Node node;
    node.kind = ast::NodeKind::Scalar;
    node.span = text.value_span();
    node.text = name + arguments;
    // The name stands for all that is before the arguments.
    node.offsets.assign(name.size(), static_cast<std::uint32_t>(text.value_begin));
    for (std::size_t at = text.text.size() - arguments.size(); at <= text.text.size(); ++at)
      node.offsets.push_back(static_cast<std::uint32_t>(at));
    const ExprPtr call = syntax::parse_expression(syntax::Text(node), sink_);
    complete_ &= call != nullptr;
    return call;
  }

  /// Imports the file under a name of its own and gives an expression that names it. nullptr after reporting.
  ExprPtr import_file(const CommandText& text) {
    const Span span = text.value_span();
    const FileReference reference = split_reference(text.value());
    std::string stem = std::filesystem::path(without_component(reference.file)).stem().string();
    for (char& c : stem) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    // Imports go before operators: a file called `Linear.yaml` must not become the name of every Linear.
    std::string name = "file_" + stem;
    for (int i = 2; description_.imports.contains(name); ++i) name = "file_" + stem + std::to_string(i);
    ast::Import import;
    import.file = reference.file;
    import.span = span;
    loader_.load_import("", import);
    description_.imports.emplace(name, import);
    if (reference.variant.empty()) return called(name, reference.arguments, text);
    const ExprPtr variant = called(reference.variant, reference.arguments, text);
    if (!variant) return nullptr;
    auto chosen = std::make_shared<Expr>();
    chosen->kind = ExprKind::Binary;
    chosen->op = ast::Operator::MatMul;
    chosen->span = chosen->name_span = span;
    chosen->children = {called(name, "", text), variant};
    return chosen;
  }

  void set(const std::string& name, const std::string& value) {
    const CommandText text = source("--set", name, &value);
    bool found = false;
    for_each_entry(description_.params, [&](ast::Item<Declaration>& item) {
      if (item.name.text != name) return;
      found = true;
      give(item.value, text);
    });
    if (found) return;
    const std::size_t dot = name.find('.');
    const std::string head = name.substr(0, dot);
    if (dot != std::string::npos) {
      for_each_entry(description_.params, [&](ast::Item<Declaration>& item) {
        if (item.name.text != head) return;
        found = true;
        give_argument(item, name.substr(dot + 1), text);
      });
      if (found) return;
    }
    const Set outcome = set_recipe(loader_.sources(), description_, text, sink_);
    complete_ &= outcome == Set::Done;
    if (outcome != Set::NoSuchPath || description_.faulty_keys) return;
    std::vector<std::string> known = param_names(description_);
    auto report = sink_.report(text.name_span(), diag::UnknownParam, head, title_of(description_));
    if (dot != std::string::npos) {
      const std::vector<std::string> keys = settable_keys();
      known.insert(known.end(), keys.begin(), keys.end());
    }
    if (const std::string path = recipe_path(name); !path.empty()) {
      report.help("did you mean `" + path + "`?");
    } else if (const auto near = support::nearest(head, known)) {
      report.help("did you mean `" + *near + (dot == std::string::npos ? "" : name.substr(dot)) + "`?");
    } else if (known.empty()) {
      report.help("the description has no params");
    } else {
      std::string list;
      for (const std::string& param : known) list += (list.empty() ? "`" : ", `") + param + "`";
      report.help("its params are " + list);
    }
  }

  bool takes_module(const Declaration& declaration, const std::string& value) {
    const ast::TypePtr& type = declaration.declared.type;
    if (type) {
      const bool module = type->kind == ast::TypeKind::Module || type->kind == ast::TypeKind::Signature ||
                          type->kind == ast::TypeKind::Any;
      return module && names_file(loader_, value);
    }
    const ExprPtr& shown = declaration.declared.original ? declaration.declared.original : declaration.declared.value;
    const bool text = shown && (shown->kind == ExprKind::String || (shown->kind == ExprKind::Raw && shown->quoted));
    return !text && has_description_suffix(without_component(split_reference(value).file));
  }

  void give(Declaration& declaration, const CommandText& text) {
    ast::Declared value;
    const ast::NodePtr scalar = command_scalar(text);
    value.value_text = scalar->text;
    value.value_span = text.value_span();
    value.quoted = scalar->quoted();
    value.value =
        takes_module(declaration, text.value()) ? import_file(text) : syntax::parse_raw(syntax::Text(*scalar));
    if (!value.value) return;
    give_value(declaration, value);
    declaration.is_list = false;
    declaration.list.clear();
  }

  void give_argument(ast::Item<Declaration>& item, const std::string& path, const CommandText& text) {
    Declaration& declaration = item.value;
    const ast::NodePtr scalar = command_scalar(text);
    const std::string value = text.value();
    const ExprPtr given = has_description_suffix(without_component(split_reference(value).file))
                              ? import_file(text)
                              : syntax::parse_raw(syntax::Text(*scalar));
    if (!given) return;
    std::string fault = "`" + item.name.text + "` has no value of which `" + path + "` could be a param";
    const auto head = static_cast<std::uint32_t>(item.name.text.size() + 1);
    Span name_span = text.name_span();
    name_span.begin = std::min(name_span.begin + head, name_span.end);
    const ExprPtr whole =
        declaration.declared.value ? with_argument(declaration.declared.value, path, name_span, given, fault) : nullptr;
    if (!whole) {
      complete_ = false;
      sink_.report(text.name_span(), diag::SetDoesNotApply, text.name(), fault)
          .note(item.name.span, "`" + item.name.text + "` is declared here");
      return;
    }
    ast::Declared changed = declaration.declared;
    changed.value = whole;
    give_value(declaration, changed);
  }

  void edit(const std::string& option, ast::EditKind kind, const std::string& path, const std::string& value,
            int layer) {
    const CommandText text = source(option, path, &value);
    ast::TreeEdit edit = edit_at(kind, path, text, layer);
    if (names_file(loader_, value)) {
      edit.definition.kind = ast::ModuleKind::Call;
      edit.definition.span = text.value_span();
      edit.definition.call = import_file(text);
      if (!edit.definition.call) return;
    } else {
      const ast::NodePtr node = command_node(loader_.sources(), text, sink_);
      auto definition = node ? syntax::parse_module(node, sink_) : std::nullopt;
      complete_ &= definition.has_value();
      if (!definition) return;
      edit.definition = std::move(*definition);
    }
    description_.by_path.edits.push_back(std::move(edit));
  }

  Loader& loader_;
  Description& description_;
  diagnostics::Sink& sink_;
  bool complete_ = true;
};

}  // namespace

bool names_file(const Loader& loader, const std::string& value) {
  const FileReference reference = split_reference(value);
  if (!reference.arguments.empty()) return true;
  const std::string file = without_component(reference.file);
  if (value.find('(') != std::string::npos && !loader.exists(file)) return false;
  return has_description_suffix(file) || (file.find('/') != std::string::npos && loader.exists(file));
}

Overrides with_canonical_paths(const Loader& loader, Overrides overrides) {
  overrides.contents.clear();
  const auto settle = [&](std::string& value) {
    if (!names_file(loader, value)) return;
    const FileReference reference = split_reference(value);
    const std::size_t hash = reference.file.find('#');
    value = resolve_path("", reference.file.substr(0, hash));
    if (hash != std::string::npos) value += reference.file.substr(hash);
    if (!reference.variant.empty()) value += "@" + reference.variant;
    value += reference.arguments;
  };
  for (auto& [name, value] : overrides.set) {
    // Under `data` and `train` a path is text that the recipe reads from its own folder.
    if (name.rfind("data.", 0) != 0 && name.rfind("train.", 0) != 0) settle(value);
  }
  for (auto* edits : {&overrides.replace, &overrides.append, &overrides.prepend, &overrides.wrap}) {
    for (auto& [path, value] : *edits) settle(value);
  }
  return overrides;
}

std::pair<std::string, std::string> split_variant(const Loader& loader, const std::string& file) {
  FileReference reference = split_variant(file);
  if (reference.variant.empty() || loader.exists(file)) return {file, ""};
  return {std::move(reference.file), std::move(reference.variant)};
}

ExprPtr completed(const ExprPtr& value, const ExprPtr& otherwise) {
  if (!value) return otherwise;
  if (value->kind != ExprKind::Conditional || value->children.size() != 3) return value;
  if (value->children[0] && value->children[2]) return value;
  auto made = std::make_shared<ast::Expr>(*value);
  for (const std::size_t side : {std::size_t{0}, std::size_t{2}})
    made->children[side] = completed(made->children[side], otherwise);
  return made;
}

bool apply_variant(Description& description, const std::string& variant, Span asked, diagnostics::Sink& sink) {
  const auto found = description.variants.find(variant);
  if (found == description.variants.end()) {
    if (description.faulty_keys) return false;
    std::vector<std::string> known;
    std::string list;
    for (const auto& [name, declared] : description.variants) {
      known.push_back(name);
      list += (list.empty() ? "`" : ", `") + name + "`";
    }
    auto report = sink.report(asked, diag::NoSuchVariant, variant, title_of(description));
    if (!report.did_you_mean(variant, known))
      report.help(known.empty() ? "the description has no `variants`" : "its variants are " + list);
    return false;
  }
  for (const auto& entry : found->second.values) {
    const auto& name = entry.first;
    const auto& value = entry.second;
    for_each_entry(description.params, [&](ast::Item<Declaration>& item) {
      if (item.name.text != name.text) return;
      ast::Declared given;
      given.value = completed(value, item.value.declared.value);
      given.value_span = value ? value->span : name.span;
      if (value && value->kind == ExprKind::Raw) {
        given.value_text = value->text;
        given.quoted = value->quoted;
      }
      give_value(item.value, given);
      item.value.is_list = false;
    });
  }
  return true;
}

bool check_variants(Description& description, diagnostics::Sink& sink) {
  if (description.faulty_keys) return true;
  bool known_all = true;
  const std::vector<std::string> known = param_names(description);
  for (const auto& [variant, declared] : description.variants) {
    for (const auto& [name, value] : declared.values) {
      if (name.pattern || std::find(known.begin(), known.end(), name.text) != known.end()) continue;
      auto report = sink.report(name.span, diag::UnknownParam, name.text, title_of(description));
      report.did_you_mean(name.text, known);
      known_all = false;
    }
  }
  return known_all;
}

bool apply_layers(Loader& loader, Description& description, const std::vector<Overrides>& layers,
                  diagnostics::Sink& sink) {
  Applier applier(loader, description, sink);
  std::string variant;
  for (const Overrides& layer : layers) {
    if (!layer.variant.empty()) variant = layer.variant;
  }
  if (!variant.empty()) applier.variant(variant);
  for (const Overrides& layer : layers) applier.layer(layer);
  return applier.complete();
}

}  // namespace modelc::compose
