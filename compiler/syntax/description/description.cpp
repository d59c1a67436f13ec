#include "syntax/description/description.h"

#include "syntax/description/blocks.h"
#include "syntax/description/fields.h"

namespace modelc::syntax {

using ast::Component;
using ast::ComponentPtr;
using ast::Description;
using catalogue::KeyId;
using catalogue::Place;

namespace {

support::Span key_span(const Node& node, KeyId id) {
  for (const auto& [key, value] : node.entries) {
    if (key->text == catalogue::key(id).name) return key->span;
  }
  return node.span;
}

/// The last that stands under no condition.
Name unconditional(const Block<Name>& texts) {
  Name found;
  for (const Item<Name>& item : texts)
    if (item.kind == ItemKind::Entry) found = item.value;
  return found;
}

}  // namespace

bool Reader::lost_key(const catalogue::Key& key, const Node& value, Component& out) {
  if (!passes_over(value)) return false;
  const auto unreadable = [&](auto& body, auto&& entry) {
    body.given = true;
    body.entries.emplace_back().value = std::move(entry);
    body.entries.back().span = value.span;
  };
  ast::Binding binding;
  binding.value = hole(value.span);
  if (key.id == KeyId::Component_forward) {
    unreadable(out.body.forward, std::move(binding));
  } else if (key.id == KeyId::Component_outputs) {
    unreadable(out.body.outputs, std::move(binding));
    out.body.outputs.single = true;
  } else if (key.id == KeyId::Component_inputs) {
    out.inputs.lost = true;
  } else if (key.id == KeyId::Component_layers) {
    ast::ModuleDef module;
    module.call = hole(value.span);
    unreadable(out.body.layers, std::move(module));
  }
  return true;
}

// Nothing at all as a value declares nothing: as good as left out, but for keys that must say something.
void Reader::shared_key(const catalogue::Key& key, const NodePtr& node, const ComponentPtr& out) {
  Component& c = *out;
  const bool empty = is_nothing(*node);
  switch (key.id) {
    case KeyId::Component_name: {
      Block<Name> names;
      texts(node, key.name, "a name", names);
      c.name = unconditional(names).text;
      break;
    }
    case KeyId::Component_doc:
      texts(node, key.name, "a text", c.docs);
      break;
    case KeyId::Component_import:
      if (!empty) imports(node, c);
      break;
    case KeyId::Component_params:
      if (!empty) params(node, c.params);
      break;
    case KeyId::Component_define:
      if (!empty) defines(node, c.defines);
      break;
    case KeyId::Component_inputs:
      c.inputs.given = true;
      if (!empty) inputs(node, key.name, c.inputs.entries);
      break;
    case KeyId::Component_where:
      if (!empty) where(node, c);
      break;
    case KeyId::Component_components:
      if (!empty) components(node, c);
      break;
    case KeyId::Component_parameters:
      if (!empty) tensors(node, key.name, c.tensors.parameters);
      break;
    case KeyId::Component_buffers:
      if (!empty) tensors(node, key.name, c.tensors.buffers);
      break;
    case KeyId::Component_modules:
      if (!empty) modules(node, key.name, c.modules, true);
      break;
    case KeyId::Component_layers:
      c.body.layers.given = true;
      if (empty) refuse(node->span, diag::EmptyText, key.name, "a list of module definitions");
      else modules(node, key.name, c.body.layers.entries, false);
      break;
    case KeyId::Component_forward:
      c.body.forward.given = true;
      bindings(node, key.name, c.body.forward.entries, false);
      break;
    case KeyId::Component_outputs:
      if (empty) refuse(node->span, diag::EmptyText, key.name, "an expression, a mapping or a list");
      else outputs(node, c);
      break;
    case KeyId::Component_replace:
      if (!empty) edits(node, key, ast::EditKind::Replace, out);
      break;
    case KeyId::Component_remove:
      if (!empty) edits(node, key, ast::EditKind::Remove, out);
      break;
    case KeyId::Component_append:
      if (!empty) edits(node, key, ast::EditKind::Append, out);
      break;
    case KeyId::Component_prepend:
      if (!empty) edits(node, key, ast::EditKind::Prepend, out);
      break;
    case KeyId::Component_wrap:
      if (!empty) edits(node, key, ast::EditKind::Wrap, out);
      break;
    case KeyId::Component_init:
      path_entries(node, key, c.by_path.init);
      break;
    case KeyId::Component_tie:
      path_entries(node, key, c.by_path.tie);
      break;
    case KeyId::Component_freeze:
      path_entries(node, key, c.by_path.freeze);
      break;
    case KeyId::Component_weights:
      weights(node, c);
      break;
    case KeyId::Component_moved:
      path_entries(node, key, c.by_path.moved);
      break;
    default:  // declared, and nothing here reads it
      refuse(node->span, diag::NotSupportedYet, fmt::format("`{}`", key.name));
  }
}

void Reader::document_key(const catalogue::Key& key, const NodePtr& key_node, const NodePtr& node, Description& out) {
  const bool empty = is_nothing(*node);
  switch (key.id) {
    case KeyId::Document_modelc:
      if (!node->is_scalar() || node->text != "1") {
        auto report = refuse(node->span, diag::LanguageVersion, node->is_scalar() ? node->text : node_words(*node));
        report.help("write `modelc: 1`").fix(node->span, "1");
      }
      break;
    case KeyId::Document_extends:
    case KeyId::Document_model: {
      Block<Name> files;
      texts(node, key.name, "a file, `path.yaml`", files);
      if (files.empty()) break;
      if (!out.extends.text.empty() || !out.undecided.bases.empty()) {
        refuse(key_node->span, diag::TwoBases)
            .note(out.extends.text.empty() ? out.undecided.bases[0].span : out.extends.span, "the first is here");
        break;
      }
      const bool stated = files.size() == 1 && files[0].kind == ItemKind::Entry && !files[0].value.pattern;
      if (stated) out.extends = files[0].value;
      else out.undecided.bases = std::move(files);
      break;
    }
    case KeyId::Document_variants:
      if (!empty) variants(node, out);
      break;
    case KeyId::Document_targets:
      if (!empty) inputs(node, key.name, out.targets);
      break;
    case KeyId::Document_loss:
    case KeyId::Document_metrics: {
      if (empty) break;
      const BindingsField field = bindings_field(out, key.id);
      *field.given = true;
      bindings(node, key.name, *field.block, key.form == catalogue::Form::Terms);
      break;
    }
    case KeyId::Document_data:
      if (!empty) data(node, out);
      break;
    case KeyId::Document_device:
    case KeyId::Document_dtype:
      *setting_field(out, key.id) = setting(node);
      break;
    case KeyId::Document_train:
    case KeyId::Document_predict:
      if (empty) break;
      if (node->is_mapping()) {
        *setting_field(out, key.id) = setting(node);
      } else {
        const bool train = key.id == KeyId::Document_train;
        wrong(node, key.name, "a mapping", train ? "`train: {epochs: 20, optimizer: AdamW(lr=1e-3)}` as a block" : "");
      }
      break;
    case KeyId::Document_checks:
      if (empty) break;
      if (node->is_scalar()) wrong(node, key.name, "a list of mappings");
      else *setting_field(out, key.id) = setting(node);
      break;
    case KeyId::Document_allow:
      if (!empty) *setting_field(out, key.id) = setting(node);
      break;
    default:  // declared, and nothing here reads it
      refuse(node->span, diag::NotSupportedYet, fmt::format("`{}`", key.name));
  }
}

void Reader::check_body(const Component& c, const Node& node, std::string_view what) {
  if (c.body.layers.given) {
    for (const KeyId other : {KeyId::Component_forward, KeyId::Component_modules}) {
      if (!find(node, other)) continue;
      refuse(key_span(node, other), diag::TwoBodies, catalogue::key(other).name)
          .note(key_span(node, KeyId::Component_layers), "`layers` is here")
          .help("name the parts under `modules` and call them in `forward`, or keep `layers` alone");
      return;
    }
    return;
  }
  if (c.body.forward.given) return;
  support::Span place = c.name_span.valid()    ? c.name_span
                        : node.entries.empty() ? node.span
                                               : node.entries[0].first->span;
  if (find(node, KeyId::Component_modules)) place = key_span(node, KeyId::Component_modules);
  refuse(place, diag::NoBody, what)
      .help(find(node, KeyId::Component_modules)
                ? "write under `forward` how the modules are called, or put them under `layers`"
                : "`layers: [Linear(10)]` in a block list, or `forward` with expressions");
}

ComponentPtr Reader::component(const NodePtr& written, const std::string& name, support::Span name_span) {
  const NodePtr node = with_flow_inside(written);
  auto made = std::make_shared<Component>();
  made->name = name;
  made->span = node->span;
  made->name_span = name_span;
  made->file.path = path_;
  made->file.folder = folder_;
  bool unsure = node->lost;  // the body may be what could not be read, or a misspelt key
  const std::string what = name.empty() ? "an inline component" : fmt::format("the component `{}`", name);
  for (const auto& [key, value] : node->entries) {
    if (key->text.starts_with("x-")) continue;
    if (const catalogue::Key* known = catalogue::find_key(Place::Component, key->text)) {
      if (!lost_key(*known, *value, *made)) shared_key(*known, value, made);
    } else if (catalogue::find_key(Place::Document, key->text)) {
      refuse(key->span, diag::DocumentKey, key->text, what)
          .help("move it to the top of the file, or put the component into a file of its own");
    } else {
      unknown_key(key, what, Place::Component);
      unsure = true;
    }
  }
  if (!name.empty()) made->name = name;
  if (!unsure || made->body.layers.given) check_body(*made, *node, what);
  return made;
}

ast::DescriptionPtr Reader::document(const NodePtr& written, bool to_be_extended) {
  if (!written || !written->is_mapping()) {
    if (written)
      refuse(written->span, diag::WrongNode, node_words(*written), "the document",
             "a mapping of keys such as `inputs` and `forward`");
    return nullptr;
  }
  const NodePtr root = with_flow_inside(written);
  auto made = std::make_shared<Description>();
  made->span = root->span;
  made->file.path = path_;
  made->file.folder = folder_;
  made->file.is_document = true;
  faulty_ = misspelt_ = root->lost;
  has_base_ = find(*root, KeyId::Document_extends) || find(*root, KeyId::Document_model);
  for (const auto& [key, value] : root->entries) {
    if (key->text.starts_with("x-")) continue;
    const catalogue::Key* known = catalogue::find_key(Place::Document, key->text);
    if (!known) {
      unknown_key(key, "the description", Place::Document);
      continue;
    }
    made->keys[key->text] = key->span;
    if (lost_key(*known, *value, *made)) continue;
    if (known->id == KeyId::Component_name) {
      texts(value, known->name, "a name", made->title.all);
      static_cast<Name&>(made->title) = unconditional(made->title.all);
      made->name = made->title.text;
      made->name_span = value->span;
      continue;
    }
    if (known->place == Place::Component) shared_key(*known, value, made);
    else document_key(*known, key, value, *made);
  }
  const bool holds_model = find(*root, KeyId::Component_inputs) || find(*root, KeyId::Component_modules) ||
                           find(*root, KeyId::Component_outputs);
  const bool library = (find(*root, KeyId::Component_components) || find(*root, KeyId::Component_import) ||
                        find(*root, KeyId::Component_define)) &&
                       !holds_model && !made->loss.given && !made->train;
  const bool body = made->body.layers.given || made->body.forward.given;
  if ((has_base_ || to_be_extended) && !body) return made;
  // A misspelt `forward` or `inputs` was reported already; its absence is no second fault.
  if (body) check_body(*made, *root, "the description");
  else if (!library && !misspelt_) check_body(*made, *root, "the description");
  if (body && !made->inputs.given && !has_base_ && !to_be_extended && !misspelt_) {
    refuse(root->entries[0].first->span, diag::InputsMissing)
        .help("declare what the model is called with, `x: float[B, 10]`, under `inputs`");
  }
  return made;
}

ast::DescriptionPtr parse_description(const ast::NodePtr& root, const std::string& path, diagnostics::Sink& sink,
                                      bool to_be_extended) {
  Reader reader(sink, path);
  const ast::DescriptionPtr made = reader.document(root, to_be_extended);
  if (made) made->faulty_keys = reader.faulty();
  return made;
}

}  // namespace modelc::syntax
