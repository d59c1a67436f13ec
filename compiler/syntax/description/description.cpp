#include "syntax/description/description.h"

#include <algorithm>

#include "syntax/description/blocks.h"

namespace modelc::syntax {

using ast::Component;
using ast::ComponentPtr;
using ast::Description;

namespace {

const std::vector<std::string>& shared_keys() {
  static const std::vector<std::string> keys = {"name",    "doc",        "import",     "params",  "define",  "inputs",
                                                "where",   "components", "parameters", "buffers", "modules", "layers",
                                                "forward", "outputs",    "replace",    "remove",  "append",  "prepend",
                                                "wrap",    "init",       "tie",        "freeze",  "weights", "moved"};
  return keys;
}

const std::vector<std::string>& document_keys() {
  static const std::vector<std::string> keys = {"modelc", "extends", "model",  "variants", "targets",
                                                "device", "dtype",   "data",   "loss",     "metrics",
                                                "train",  "predict", "checks", "allow"};
  return keys;
}

bool is_one_of(const std::string& word, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

support::Span key_span(const Node& node, std::string_view word) {
  for (const auto& [key, value] : node.entries) {
    if (key->text == word) return key->span;
  }
  return node.span;
}

}  // namespace

bool Reader::shared_key(const std::string& key, const NodePtr& node, const ComponentPtr& out) {
  Component& c = *out;
  // A key whose value is nothing at all declares nothing: as good as left out for mappings of named things.
  const bool empty = is_nothing(*node);
  if (key == "name") {
    if (auto words = text(node, key, "a name")) c.name = *words;
  } else if (key == "doc") {
    if (auto words = text(node, key, "a text")) c.doc = *words;
  } else if (key == "forward") {
    c.forward_given = true;
    bindings(node, key, c.forward, false);
  } else if (key == "layers") {
    c.layers_given = true;
    if (empty) sink_.report(node->span, diag::EmptyText, key, "a list of module definitions");
    else modules(node, key, c.layers, false);
  } else if (key == "outputs") {
    if (empty) sink_.report(node->span, diag::EmptyText, key, "an expression, a mapping or a list");
    else outputs(node, c);
  } else if (key == "inputs") {
    c.inputs_given = true;
    if (!empty) inputs(node, key, c.inputs);
  } else if (key == "init") {
    path_entries(node, key, c.init);
  } else if (key == "tie") {
    path_entries(node, key, c.tie);
  } else if (key == "moved") {
    path_entries(node, key, c.moved);
  } else if (key == "freeze") {
    path_entries(node, key, c.freeze);
  } else if (key == "weights") {
    weights(node, c);
  } else if (empty) {
    return is_one_of(key, shared_keys());
  } else if (key == "import") {
    imports(node, c);
  } else if (key == "params") {
    params(node, c.params);
  } else if (key == "define") {
    defines(node, c.defines);
  } else if (key == "where") {
    where(node, c);
  } else if (key == "components") {
    components(node, c);
  } else if (key == "parameters") {
    tensors(node, key, c.parameters);
  } else if (key == "buffers") {
    tensors(node, key, c.buffers);
  } else if (key == "modules") {
    modules(node, key, c.modules, true);
  } else if (key == "replace") {
    edits(node, ast::EditKind::Replace, out);
  } else if (key == "remove") {
    edits(node, ast::EditKind::Remove, out);
  } else if (key == "append") {
    edits(node, ast::EditKind::Append, out);
  } else if (key == "prepend") {
    edits(node, ast::EditKind::Prepend, out);
  } else if (key == "wrap") {
    edits(node, ast::EditKind::Wrap, out);
  } else {
    return false;
  }
  return true;
}

bool Reader::document_key(const std::string& key, const NodePtr& key_node, const NodePtr& node, Description& out) {
  if (key == "modelc") {
    if (!node->is_scalar() || node->text != "1") {
      auto report = sink_.report(node->span, diag::LanguageVersion, node->is_scalar() ? node->text : node_words(*node));
      report.help("write `modelc: 1`").fix(node->span, "1");
    }
  } else if (key == "extends" || key == "model") {
    const auto file = text(node, key, "a file, `path.yaml`");
    if (!file) return true;
    if (!out.extends.empty()) {
      sink_.report(key_node->span, diag::TwoBases).note(out.extends_span, "the first is here");
      return true;
    }
    out.extends = *file;
    out.extends_span = node->span;
  } else if (key == "variants") {
    if (!is_nothing(*node)) variants(node, out);
  } else if (key == "targets") {
    if (!is_nothing(*node)) inputs(node, key, out.targets);
  } else if (key == "loss") {
    if (is_nothing(*node)) return true;
    out.loss_given = true;
    bindings(node, key, out.loss, true);
  } else if (key == "metrics") {
    if (is_nothing(*node)) return true;
    out.metrics_given = true;
    bindings(node, key, out.metrics, false);
  } else if (key == "data") {
    if (!is_nothing(*node)) data(node, out);
  } else if (key == "device" || key == "dtype") {
    (key == "device" ? out.device : out.dtype) = setting(node);
  } else if (key == "train" || key == "predict") {
    if (is_nothing(*node)) return true;
    if (!node->is_mapping()) {
      wrong(node, key, "a mapping",
            key == "train" ? "`train: {epochs: 20, optimizer: AdamW(lr=1e-3)}` as a block" : "");
      return true;
    }
    (key == "train" ? out.train : out.predict) = setting(node);
  } else if (key == "checks") {
    if (is_nothing(*node)) return true;
    if (node->is_scalar()) wrong(node, key, "a list of mappings");
    else out.checks = setting(node);
  } else if (key == "allow") {
    if (!is_nothing(*node)) out.allow = setting(node);
  } else {
    return false;
  }
  return true;
}

void Reader::check_body(const Component& c, const Node& node, std::string_view what) {
  if (c.layers_given) {
    for (const std::string_view other : {"forward", "modules"}) {
      if (!node.find(other)) continue;
      sink_.report(key_span(node, other), diag::TwoBodies, other)
          .note(key_span(node, "layers"), "`layers` is here")
          .help("name the parts under `modules` and call them in `forward`, or keep `layers` alone");
      return;
    }
    return;
  }
  if (c.forward_given) return;
  support::Span place = c.name_span.valid()    ? c.name_span
                        : node.entries.empty() ? node.span
                                               : node.entries[0].first->span;
  if (node.find("modules")) place = key_span(node, "modules");
  sink_.report(place, diag::NoBody, what)
      .help(node.find("modules") ? "write under `forward` how the modules are called, or put them under `layers`"
                                 : "`layers: [Linear(10)]` in a block list, or `forward` with expressions");
}

ComponentPtr Reader::component(const NodePtr& node, const std::string& name, support::Span name_span) {
  auto made = std::make_shared<Component>();
  made->name = name;
  made->span = node->span;
  made->name_span = name_span;
  made->path = path_;
  made->folder = folder_;
  const std::string what = name.empty() ? "an inline component" : fmt::format("the component `{}`", name);
  for (const auto& [key, value] : node->entries) {
    if (key->text.starts_with("x-") || shared_key(key->text, value, made)) continue;
    if (is_one_of(key->text, document_keys())) {
      sink_.report(key->span, diag::DocumentKey, key->text, what)
          .help("move it to the top of the file, or put the component into a file of its own");
    } else if (control_word(key->text) != ControlWord::None) {
      sink_.report(key->span, diag::NotSupportedYet, "static control flow around the keys of a component")
          .help("write it inside `modules`, `forward` or another key");
    } else {
      unknown_key(key, what, shared_keys());
    }
  }
  if (!name.empty()) made->name = name;
  check_body(*made, *node, what);
  return made;
}

ast::DescriptionPtr Reader::document(const NodePtr& root) {
  if (!root || !root->is_mapping()) {
    if (root)
      sink_.report(root->span, diag::WrongNode, node_words(*root), "the document",
                   "a mapping of keys such as `inputs` and `forward`");
    return nullptr;
  }
  auto made = std::make_shared<Description>();
  made->span = root->span;
  made->path = path_;
  made->folder = folder_;
  made->is_document = true;
  has_base_ = root->find("extends") || root->find("model");
  for (const auto& [key, value] : root->entries) {
    if (key->text.starts_with("x-")) continue;
    made->keys[key->text] = key->span;
    if (key->text == "name") {
      if (value->is_scalar()) made->title = this->name(value);
      made->name_span = value->span;
    }
    if (shared_key(key->text, value, made) || document_key(key->text, key, value, *made)) continue;
    if (control_word(key->text) != ControlWord::None) {
      sink_.report(key->span, diag::NotSupportedYet, "static control flow around the keys of a description")
          .help("write it inside `modules`, `forward` or another key");
      continue;
    }
    std::vector<std::string> known = shared_keys();
    known.insert(known.end(), document_keys().begin(), document_keys().end());
    made->keys.erase(key->text);
    unknown_key(key, "the description", known);
  }
  const bool holds_model = root->find("inputs") || root->find("modules") || root->find("outputs");
  const bool library =
      (root->find("components") || root->find("import")) && !holds_model && !made->loss_given && !made->train;
  const bool body = made->layers_given || made->forward_given;
  if (has_base_ && !body) return made;
  // A misspelt `forward` or `inputs` was reported already; its absence is no second fault.
  const bool misspelt = std::any_of(sink_.found().begin(), sink_.found().end(),
                                    [](const auto& d) { return d.code == diag::UnknownKey.row.code; });
  if (body) check_body(*made, *root, "the description");
  else if (!library && !misspelt) check_body(*made, *root, "the description");
  if (body && !made->inputs_given && !has_base_ && !misspelt) {
    sink_.report(root->entries[0].first->span, diag::InputsMissing)
        .help("declare what the model is called with, `x: float[B, 10]`, under `inputs`");
  }
  return made;
}

ast::DescriptionPtr parse_description(const ast::NodePtr& root, const std::string& path, diagnostics::Sink& sink) {
  return Reader(sink, path).document(root);
}

}  // namespace modelc::syntax
