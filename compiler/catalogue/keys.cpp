#include "catalogue/keys.h"

#include <algorithm>

namespace modelc::catalogue {

const std::vector<Key>& keys() {
  static const std::vector<Key> all = {
#define MODELC_PLACE(place, path, words)
#define MODELC_KEY(place, name, form, type, merge, status, sentence, example) \
  {KeyId::place##_##name, Place::place, #name, Form::form, type, Merge::merge, Status::status, sentence, example},
#include "catalogue/keys.def"
#undef MODELC_PLACE
#undef MODELC_KEY
  };
  return all;
}

const std::vector<PlaceInfo>& places() {
  static const std::vector<PlaceInfo> all = {
#define MODELC_PLACE(place, path, words) {Place::place, path, words},
#define MODELC_KEY(place, name, form, type, merge, status, sentence, example)
#include "catalogue/keys.def"
#undef MODELC_PLACE
#undef MODELC_KEY
  };
  return all;
}

const Key& key(KeyId id) { return keys()[static_cast<std::size_t>(id)]; }

const PlaceInfo& place(Place place) { return places()[static_cast<std::size_t>(place)]; }

namespace {

/// A document takes a component's keys too, a phase those of the training but for what a run has once.
std::optional<Place> also_in(const Key& key) {
  if (key.place == Place::Component) return Place::Document;
  const bool once = key.id == KeyId::Train_seed || key.id == KeyId::Train_phases;
  return key.place == Place::Train && !once ? std::optional(Place::Phases) : std::nullopt;
}

}  // namespace

const std::vector<const Key*>& keys_of(Place place) {
  static const std::vector<std::vector<const Key*>> by_place = [] {
    std::vector<std::vector<const Key*>> found(places().size());
    for (const Key& key : keys()) {
      found[static_cast<std::size_t>(key.place)].push_back(&key);
      if (const auto other = also_in(key)) found[static_cast<std::size_t>(*other)].push_back(&key);
    }
    return found;
  }();
  return by_place[static_cast<std::size_t>(place)];
}

const std::vector<std::string>& names_of(Place place) {
  static const std::vector<std::vector<std::string>> by_place = [] {
    std::vector<std::vector<std::string>> names(places().size());
    for (const PlaceInfo& info : places()) {
      for (const Key* key : keys_of(info.place)) names[static_cast<std::size_t>(info.place)].emplace_back(key->name);
    }
    return names;
  }();
  return by_place[static_cast<std::size_t>(place)];
}

const Key* find_key(Place place, std::string_view name) {
  const auto& known = keys_of(place);
  const auto at = std::find_if(known.begin(), known.end(), [&](const Key* key) { return key->name == name; });
  return at == known.end() ? nullptr : *at;
}

std::string path_of(const Key& key) {
  const std::string_view path = place(key.place).path;
  if (path.empty() || key.place == Place::Control) return std::string(key.name);
  return std::string(path) + "." + std::string(key.name);
}

const Key* key_at(std::string_view path) {
  const auto at = std::find_if(keys().begin(), keys().end(), [&](const Key& key) { return path_of(key) == path; });
  return at == keys().end() ? nullptr : &*at;
}

std::optional<Place> inside(const Key& key) {
  const std::string path = path_of(key);
  for (const PlaceInfo& info : places()) {
    if (info.path == path) return info.place;
  }
  return std::nullopt;
}

const Key* rival_of(const Key& key) {
  static constexpr std::pair<KeyId, KeyId> kRivals[] = {{KeyId::Train_epochs, KeyId::Train_steps}};
  for (const auto& [one, other] : kRivals) {
    if (key.id == one) return &catalogue::key(other);
    if (key.id == other) return &catalogue::key(one);
  }
  return nullptr;
}

std::string_view form_words(Form form) {
  switch (form) {
    case Form::Text:
      return "a text";
    case Form::Version:
      return "`1`";
    case Form::File:
      return "a file, as seen from this one";
    case Form::Folder:
      return "a folder, as seen from this file";
    case Form::Value:
      return "a static value";
    case Form::Expression:
      return "an expression";
    case Form::Conditions:
      return "a condition or a list of them";
    case Form::Tensor:
      return "`TYPE = VALUE`";
    case Form::Imports:
      return "`Name: file.yaml` or `Name: file.yaml#Component`";
    case Form::Params:
      return "`name: TYPE`, `name: TYPE = VALUE` or `name: VALUE`";
    case Form::Definitions:
      return "`name: expression` or `name(a, b): expression`";
    case Form::Variants:
      return "`name: {param: value}`";
    case Form::OutputTypes:
      return "a type, a list of types, or `output: type`";
    case Form::Types:
      return "`name: TYPE`, a list of types for a list of tensors; in a component also a list of names";
    case Form::Components:
      return "`Name:` and a component";
    case Form::Tensors:
      return "`name: TYPE = VALUE`";
    case Form::Modules:
      return "`name: definition`";
    case Form::Layers:
      return "definitions in order, each with a name or without";
    case Form::Bindings:
    case Form::Outputs:
      return "an expression, or `name: expression` in order";
    case Form::Terms:
      return "an expression, or terms by name, each an expression or bindings the last of which is its value";
    case Form::Edits:
      return "`path: definition`";
    case Form::PathList:
      return "a path or a glob, or a list of them";
    case Form::PathMap:
      return "`path: path`";
    case Form::Prefixes:
      return "`prefix: prefix`";
    case Form::Resizes:
      return "`path: interpolate` or `path: mean`";
    case Form::Initialisers:
      return "`path: initialiser`";
    case Form::WeightFiles:
      return "a file, a mapping with `from`, or a list of them";
    case Form::Device:
      return "a device, or `path: device`";
    case Form::Dtype:
      return "a dtype, or `path: dtype`";
    case Form::Codes:
      return "a code or a list of them";
    case Form::Source:
      return "a source: `csv(\"file.csv\")`";
    case Form::Valid:
      return "a source, or a mapping that takes a part of `train`";
    case Form::Column:
      return "the name of a column";
    case Form::Call:
      return "a call: `Adam(lr=1e-3)`";
    case Form::Schedule:
      return "calls joined by `->`, or a factor over `step` and `epoch`";
    case Form::Sizes:
      return "`SYMBOL: integer`";
    case Form::Section:
      return "a mapping";
    case Form::Sections:
      return "a list of mappings";
    case Form::NamedSections:
      return "`name:` and a mapping";
    case Form::Head:
    case Form::Body:
      return "what it adds to the list or mapping around it";
  }
  return "";
}

std::string_view merge_words(Merge merge) {
  switch (merge) {
    case Merge::Own:
      return "belongs to the file it stands in";
    case Merge::Whole:
      return "stands whole, in place of the base's";
    case Merge::ByName:
      return "is merged with the base's by name; `null` deletes an entry";
    case Merge::ByKey:
      return "is merged with the base's by key; `null` deletes a key";
    case Merge::Edits:
      return "is done after the base's edits";
    case Merge::Body:
      return "stands whole; `layers` takes the place of the base's `modules` and `forward`";
  }
  return "";
}

}  // namespace modelc::catalogue
