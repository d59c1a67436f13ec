// The keys of descriptions as values: what keys.def declares, found by place and name. Knows how a key is written and
// what becomes of it, not what it means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::catalogue {

/// A mapping of a description that holds keys.
enum class Place : std::uint8_t {
#define MODELC_PLACE(place, path, words) place,
#define MODELC_KEY(place, name, form, type, merge, status, sentence, example)
#include "catalogue/keys.def"
#undef MODELC_PLACE
#undef MODELC_KEY
};

/// One enumerator for each key: `KeyId::Train_epochs`.
enum class KeyId : std::uint16_t {
#define MODELC_PLACE(place, path, words)
#define MODELC_KEY(place, name, form, type, merge, status, sentence, example) place##_##name,
#include "catalogue/keys.def"
#undef MODELC_PLACE
#undef MODELC_KEY
};

/// What YAML holds for a key.
enum class Form : std::uint8_t {
  Text,           // words for people, a name
  Version,        // `1`
  File,           // a path of a file
  Folder,         // a path of a folder
  Value,          // a static value of the key's `type`
  Expression,     // one expression
  Conditions,     // an expression or a list of them
  Tensor,         // `TYPE = VALUE`
  Imports,        // name: file
  Params,         // name: declaration
  Definitions,    // name: expression, or name(a, b): expression
  Variants,       // name: {param: value}
  OutputTypes,    // a type, a list of types, or output: type
  Types,          // name: type, a list of types, or a list of names
  Components,     // name: component
  Tensors,        // name: `TYPE = VALUE`
  Modules,        // name: module
  Layers,         // modules in order, named or not
  Bindings,       // one expression, or name: expression in order
  Outputs,        // as Bindings
  Terms,          // as Bindings; a term may hold bindings of its own
  Edits,          // path: module
  PathList,       // paths and globs
  PathMap,        // path: path
  Prefixes,       // prefix: prefix
  Resizes,        // path: how
  Initialisers,   // path: initialiser
  WeightFiles,    // a file, a mapping of Place::Weights, or a list of them
  Device,         // a device, or path: device
  Dtype,          // a dtype, or path: dtype
  Codes,          // codes of diagnostics
  Source,         // a call that names a source of data
  Valid,          // a source, or a mapping of Place::Valid
  Column,         // the name of a column
  Call,           // a call that names what the catalogue has
  Schedule,       // calls joined by `->`, or an expression
  Sizes,          // symbol: integer
  Section,        // a mapping with keys of its own: the place whose path is the key's
  Sections,       // a list of such
  NamedSections,  // name: such a mapping
  Head,           // static control flow: the key goes on with its head; the value is its body
  Body,           // the body alone
};

/// What becomes of a base's value under `extends`.
enum class Merge : std::uint8_t {
  Own,     // it belongs to the file it stands in
  Whole,   // what the inheriting file states stands instead
  ByName,  // entry by entry; `null` deletes
  ByKey,   // as ByName, of the keys of a section
  Edits,   // both are done, the base's first
  Body,    // `layers` and `forward` exclude each other
};

enum class Status : std::uint8_t { Yes, NotYet };

struct Key {
  KeyId id;
  Place place;
  std::string_view name;
  Form form;
  std::string_view type;  // Form::Value: in the notation of the operators' arguments, default included
  Merge merge;
  Status status;
  std::string_view sentence;
  std::string_view example;  // text of a description that extends another

  bool supported() const { return status == Status::Yes; }
};

struct PlaceInfo {
  Place place;
  std::string_view path;   // `train.clip`; empty: the top
  std::string_view words;  // for messages: "`train.clip`", "a component"
};

/// All keys, in the order of the list.
const std::vector<Key>& keys();
const std::vector<PlaceInfo>& places();
const Key& key(KeyId id);
const PlaceInfo& place(Place place);

/// The keys that may stand in a place. A document takes a component's keys too, a phase those of the training.
const std::vector<const Key*>& keys_of(Place place);
const std::vector<std::string>& names_of(Place place);
/// nullptr where `place` has no such key.
const Key* find_key(Place place, std::string_view name);

/// `train.batch`, `weights.new`, `freeze`: the key's place and name, as `modelc ops` and `--set` write it.
std::string path_of(const Key& key);
/// The key of a path; nullptr where there is none.
const Key* key_at(std::string_view path);
/// Where the keys of a section stand: of `train.clip`, Place::Clip.
std::optional<Place> inside(const Key& key);

/// The key beside it that says the same in another way, and which it therefore takes away from a base or an earlier
/// layer; nullptr for nearly all.
const Key* rival_of(const Key& key);

/// What a value may be, in a few words: "a path or a list of paths".
std::string_view form_words(Form form);
/// What `extends` makes of it, as a sentence without an end.
std::string_view merge_words(Merge merge);

}  // namespace modelc::catalogue
