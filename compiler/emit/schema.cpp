#include "emit/schema.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "catalogue/entry.h"
#include "catalogue/keys.h"
#include "diagnostics/diagnostic.h"
#include "emit/declarations.h"
#include "ops/op.h"
#include "types/device.h"
#include "types/dtype.h"

namespace modelc::emit {
namespace {

using catalogue::Form;
using catalogue::Key;
using catalogue::KeyId;
using catalogue::Kind;
using catalogue::Place;
using Json = nlohmann::ordered_json;
using types::Param;

// A key that is static control flow; one with `${…}` is a name.
constexpr const char* kControl = R"(^\s*((for|if|elif)[\s(\[](?!.*\$\{)|else\s*$))";

Json definition(const std::string& name) { return {{"$ref", "#/definitions/" + name}}; }
template <class... Options>
Json either(const Options&... options) {
  Json list = Json::array();
  (list.push_back(options), ...);
  Json made = Json::object();
  made["anyOf"] = std::move(list);
  return made;
}
Json required(std::string_view name) {
  Json made = Json::object();
  made["required"] = Json::array({std::string(name)});
  return made;
}
Json texts() { return {{"type", Json::array({"string", "number", "boolean"})}}; }
Json text() { return {{"type", "string"}}; }
Json null() { return {{"type", "null"}}; }
Json list_of(Json item) { return {{"type", "array"}, {"items", std::move(item)}}; }

std::string alternatives(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, "|")); }

/// A text that begins with one of the names of a kind.
Json named(Kind kind) {
  return {{"type", "string"}, {"pattern", "^\\s*(" + alternatives(catalogue::names(kind)) + ")\\b"}};
}

// --- values in the notation of arguments ---

Json with_range(Json number, const Param& param) {
  const auto& [low, high] = param.range;
  if (low) number[low->open ? "exclusiveMinimum" : "minimum"] = low->value;
  if (high) number[high->open ? "exclusiveMaximum" : "maximum"] = high->value;
  return number;
}

/// A value that is written out must fit; a text may be an expression, whose value nobody knows here.
Json value_of(const Param& param, bool words_only) {
  Json options = Json::array();
  bool expression = false;
  for (const Param::Alternative& one : param.alternatives) {
    Json scalar;
    switch (one.kind) {
      case Param::Int:
      case Param::DimKind:
        scalar = with_range({{"type", "integer"}}, param);
        expression = true;
        break;
      case Param::Float:
      case Param::Number:
        scalar = with_range({{"type", "number"}}, param);
        expression = true;
        break;
      case Param::Bool:
        scalar = {{"type", "boolean"}};
        expression = true;
        break;
      case Param::Word:
        scalar = {{"enum", one.words}};
        expression = expression || !words_only;
        break;
      default:
        scalar = texts();
        expression = true;
        break;
    }
    options.push_back(scalar);
    if (one.list || one.count > 0) options.push_back(list_of(definition("expression")));
  }
  if (expression) options.push_back(text());
  options.push_back(null());
  return {{"anyOf", options}};
}

// --- blocks: lists and mappings with static control flow in them ---

/// A mapping of entries; the body of static control flow in it is `body`. `false` as an entry: nothing but that.
Json mapping_of(Json entry, Json body) {
  Json made = {{"type", "object"}};
  made["patternProperties"][kControl] = std::move(body);
  if (entry == false) made["minProperties"] = 1;
  made["additionalProperties"] = std::move(entry);
  return made;
}

/// Defines `name`: a mapping of entries, or a list of such mappings and, where `item` is given, of single items.
void block(Json& definitions, const std::string& name, const Json& entry, const Json& item = nullptr) {
  const Json mapping = mapping_of(entry, definition(name + "_body"));
  const Json in_list = item.is_null() ? mapping : either(mapping, item);
  definitions[name] = either(mapping, list_of(in_list));
  definitions[name + "_body"] =
      item.is_null() ? either(mapping, list_of(in_list)) : either(mapping, list_of(in_list), item);
}

Json object(Json properties, bool open_for_notes) {
  Json made = {{"type", "object"}, {"properties", std::move(properties)}};
  if (open_for_notes) made["patternProperties"]["^x-"] = Json::object();
  made["additionalProperties"] = false;
  return made;
}

/// `for` and `if` around the keys of `made`, whose bodies have the same keys.
void add_flow(Json& made, const Json& keys) { made["patternProperties"][kControl] = either(keys, list_of(keys)); }

std::string place_name(Place place) {
  switch (place) {
    case Place::Document:
      return "description";
    case Place::Component:
      return "component";
    default: {
      std::string name(catalogue::place(place).path);
      for (char& c : name) c = c == '.' ? '_' : c;
      return name + "_section";
    }
  }
}

Json value_schema(const Key& key);

Json described(const Key& key) {
  Json schema = value_schema(key);
  std::string about =
      fmt::format("{}{}\n\nValue: {}.", key.sentence, key.supported() ? "" : " (Not supported yet.)", value_words(key));
  if (catalogue::place(key.place).path.empty())
    about += fmt::format(" Under `extends` it {}.", catalogue::merge_words(key.merge));
  about += fmt::format("\n\n{}", key.example);
  schema["description"] = about;
  return schema;
}

Json properties_of(Place place) {
  Json properties = Json::object();
  for (const Key* key : catalogue::keys_of(place)) properties[std::string(key->name)] = described(*key);
  return properties;
}

/// The section that stands under a key. Entries of `train.groups` hold arguments of the optimiser too.
Json section(const Key& key) {
  const auto inner = catalogue::inside(key);
  return inner ? definition(place_name(*inner)) : Json{{"type", "object"}};
}

Json or_null(Json schema) { return either(std::move(schema), null()); }

Json value_schema(const Key& key) {
  switch (key.form) {
    case Form::Text:
    case Form::File:
    case Form::Folder:
    case Form::Column:
      return texts();
    case Form::Version:
      return Json{{"enum", Json::array({1, "1"})}};
    case Form::Value:
      return value_of(types::parse_param("value: " + std::string(key.type)), true);
    case Form::Expression:
    case Form::Schedule:
      return definition("expression");
    case Form::Conditions:
      return or_null(either(definition("expression"), list_of(definition("expression"))));
    case Form::Tensor:
      return definition("expression");
    case Form::Imports:
      return or_null(definition("imports"));
    case Form::Params:
      return or_null(definition("params"));
    case Form::Definitions:
      return or_null(definition("definitions"));
    case Form::Variants:
      return or_null(definition("variants"));
    case Form::OutputTypes:
      return either(definition("expression"), definition("types"));
    case Form::Types:
      return or_null(definition("types"));
    case Form::Components:
      return or_null(definition("components"));
    case Form::Tensors:
      return or_null(definition(key.id == KeyId::Component_buffers ? "buffers" : "tensors"));
    case Form::Modules:
      return or_null(definition("modules"));
    case Form::Layers:
      return definition("layers");
    case Form::Bindings:
    case Form::Outputs:
    case Form::Terms:
      return either(definition("expression"), definition(key.form == Form::Terms ? "terms" : "bindings"));
    case Form::Edits:
      return or_null(definition("edits"));
    case Form::PathList:
      return or_null(either(text(), definition("paths")));
    case Form::PathMap:
    case Form::Prefixes:
    case Form::Resizes:
      return or_null(definition(key.form == Form::Resizes ? "resizes" : "path_map"));
    case Form::Initialisers:
      return or_null(definition("initialisers"));
    case Form::WeightFiles:
      return or_null(either(text(), definition("weights_section"), definition("weights_list")));
    case Form::Device:
    case Form::Dtype: {
      const Json word = definition(key.form == Form::Device ? "device" : "dtype");
      return or_null(either(word, definition(key.form == Form::Device ? "devices" : "dtypes")));
    }
    case Form::Codes:
      return or_null(either(definition("lint"), definition("lints")));
    case Form::Source:
      return or_null(named(Kind::Source));
    case Form::Valid:
      return or_null(either(named(Kind::Source), definition("data_valid_section")));
    case Form::Call:
      return or_null(named(Kind::Optimizer));
    case Form::Sizes:
      return {{"type", "object"}, {"additionalProperties", texts()}};
    case Form::Section:
      return or_null(section(key));
    case Form::Sections:
      return or_null(list_of(section(key)));
    case Form::NamedSections:
      return or_null(Json{{"type", "object"}, {"additionalProperties", section(key)}});
    case Form::Head:
    case Form::Body:
      return Json::object();
  }
  return Json::object();
}

// --- modules ---

/// The long form of an operator: the arguments it has, each of its kind.
Json long_forms() {
  Json all = Json::array();
  for (const ops::Op& op : ops::Catalogue::get().all()) {
    if (!op.is_module || is_internal(op)) continue;
    Json properties = {{"type", {{"const", op.name}, {"description", op.about.summary}}}};
    for (const Param& param : op.args) {
      if (param.internal) continue;
      Json schema = value_of(param, false);
      schema["description"] = param.text.empty() ? param.name : param.text;
      properties[param.name] = schema;
    }
    Json when = required(catalogue::key(KeyId::Module_type).name);
    when["properties"]["type"]["const"] = op.name;
    Json one = Json::object();
    one["if"] = std::move(when);
    one["then"] = object(std::move(properties), false);
    // Which arguments a loop or condition gives is known when it is run; so is a name with `${…}` in it.
    one["then"]["patternProperties"][kControl] = {{"type", Json::array({"object", "array"})}};
    one["then"]["patternProperties"][R"(\$\{)"] = Json::object();
    all.push_back(std::move(one));
  }
  return all;
}

Json module_schema() {
  const std::string word(catalogue::key(KeyId::Module_type).name);
  Json call = text();
  call["description"] = "A call, `Linear(10)`, a name, `ReLU`, or a pipeline of them, `Conv2d(64, 3) -> ReLU`.";
  Json long_form = required(word);
  long_form["type"] = "object";
  long_form["properties"][word] = text();
  long_form["allOf"] = long_forms();
  Json options = Json::array();
  options.push_back(std::move(call));
  options.push_back(definition("layers_list"));
  options.push_back(std::move(long_form));
  for (const KeyId id : {KeyId::Module_sequential, KeyId::Module_list, KeyId::Module_dict}) {
    const Key& key = catalogue::key(id);
    Json properties = Json::object();
    properties[std::string(key.name)] = described(key);
    Json one = object(std::move(properties), false);
    one["required"] = Json::array({std::string(key.name)});
    options.push_back(std::move(one));
  }
  Json inline_component = Json::object();
  inline_component["allOf"] = Json::array();
  inline_component["allOf"].push_back(definition(place_name(Place::Component)));
  inline_component["allOf"].push_back(either(required(catalogue::key(KeyId::Module_layers).name),
                                             required(catalogue::key(KeyId::Module_forward).name)));
  options.push_back(std::move(inline_component));
  options.push_back(mapping_of(false, definition("layers_body")));
  Json made = Json::object();
  made["anyOf"] = std::move(options);
  return made;
}

std::vector<std::string> lint_codes() {
  std::vector<std::string> codes;
  for (const diagnostics::Row& row : diagnostics::all_rows()) {
    if (row.severity == diagnostics::Severity::Warning) codes.emplace_back(row.code);
  }
  return codes;
}

Json groups_section() {
  Json properties = properties_of(Place::Groups);
  for (const catalogue::Entry& entry : catalogue::entries(Kind::Optimizer)) {
    for (const Param& param : entry.arguments) {
      if (!properties.contains(param.name)) properties[param.name] = {{"description", param.text}};
    }
  }
  return object(std::move(properties), false);
}

Json definitions() {
  Json all = Json::object();
  all["expression"] = either(texts(), null(), list_of(Json::object()));
  all["expression"]["description"] = "An expression, `x -> conv1 -> relu`, or a list of expressions.";
  all["device"] = {{"type", "string"}, {"pattern", types::device_pattern()}};
  for (const types::DTypeRow& row : types::dtype_rows())
    if (types::is_floating(row.dtype)) all["dtype"]["enum"].push_back(row.torch);
  for (const char* word : {"device", "dtype"}) {
    const std::string by_path = std::string(word) + "s";
    all[by_path] = mapping_of(definition(word), either(definition(word), definition(by_path)));
  }
  all["lint"]["enum"] = lint_codes();
  block(all, "lints", false, definition("lint"));
  block(all, "imports", or_null(text()));
  block(all, "params", either(definition("expression"), definition("module")));
  block(all, "definitions", definition("expression"));
  block(all, "variants", or_null(definition("params")));
  block(all, "type_list", text(), text());
  block(all, "types", either(text(), null(), definition("type_list")), text());
  block(all, "tensors", either(texts(), null(), list_of(Json::object())));
  Json buffer = object(properties_of(Place::Buffer), false);
  buffer["required"] = Json::array({std::string(catalogue::key(KeyId::Buffer_value).name)});
  block(all, "buffers", either(texts(), null(), list_of(Json::object()), buffer));
  block(all, "components", or_null(definition(place_name(Place::Component))));
  all["module"] = module_schema();
  block(all, "modules", or_null(definition("module")));
  block(all, "layers_block", definition("module"), definition("module"));
  all["layers_list"] =
      list_of(either(definition("module"), mapping_of(definition("module"), definition("layers_body"))));
  all["layers_body"] = either(definition("module"), definition("layers_block"));
  all["layers"] = either(definition("layers_block"), definition("module"));
  block(all, "edits", definition("module"));
  block(all, "bindings", definition("expression"), definition("expression"));
  block(all, "terms", either(definition("expression"), definition("bindings")), definition("expression"));
  block(all, "paths", false, text());
  block(all, "path_map", or_null(texts()));
  Json resize = Json::object();
  resize["enum"] = Json::array({"interpolate", "mean"});
  block(all, "resizes", resize);
  block(all, "initialisers", definition("expression"));
  for (const catalogue::PlaceInfo& info : catalogue::places()) {
    if (info.place == Place::Document || info.place == Place::Module || info.place == Place::Control ||
        info.place == Place::Buffer)
      continue;
    const bool notes = info.place == Place::Component || info.place == Place::Weights;
    all[place_name(info.place)] = object(properties_of(info.place), notes);
  }
  add_flow(all[place_name(Place::Component)], definition(place_name(Place::Component)));
  all[place_name(Place::Groups)] = groups_section();
  all["weights_section"]["required"] = Json::array({std::string(catalogue::key(KeyId::Weights_from).name)});
  all["weights_list"] = list_of(either(text(), definition("weights_section"), mapping_of(false, Json::object())));
  return all;
}

}  // namespace

std::string description_schema() {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "modelc description"},
                 {"description", "The description of a neural network and how it is trained."}};
  schema.update(object(properties_of(Place::Document), true));
  add_flow(schema, Json{{"$ref", "#"}});
  schema["definitions"] = definitions();
  return schema.dump(1) + "\n";
}

}  // namespace modelc::emit
