// A YAML document as a tree of our own: what compiler/syntax/yaml makes of yaml-cpp's events. Aliases are shared
// nodes, merge keys are already merged (what is merged stands first, own keys win in their place). Every node knows its
// bytes in the file; a scalar also where each byte of its decoded text came from.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/source.h"

namespace modelc::ast {

using support::Span;

enum class NodeKind { Null, Scalar, Sequence, Mapping };
enum class ScalarStyle { Plain, SingleQuoted, DoubleQuoted, Literal, Folded };

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Node {
  NodeKind kind = NodeKind::Null;
  Span span;
  ScalarStyle style = ScalarStyle::Plain;
  bool flow = false;                   // a flow collection, `[…]` or `{…}`
  bool refused = false;                // scalar: no YAML as it stands, which was reported; read as it may be meant
  bool lost = false;                   // something of it could not be read, which was reported; of a Null: all
  bool around_key = false;             // scalar: the head of control flow that stood around the key it is now under
  std::string text;                    // scalar: the decoded text
  std::vector<std::uint32_t> offsets;  // scalar: file offset of each byte of `text`, and of its end (size + 1 entries)
  std::vector<NodePtr> items;          // sequence
  std::vector<std::pair<NodePtr, NodePtr>> entries;  // mapping, in order; keys are scalars

  bool is_scalar() const { return kind == NodeKind::Scalar; }
  bool is_sequence() const { return kind == NodeKind::Sequence; }
  bool is_mapping() const { return kind == NodeKind::Mapping; }
  bool is_null() const { return kind == NodeKind::Null; }
  /// What stood here could not be read.
  bool is_lost() const { return is_null() && lost; }
  bool quoted() const { return style != ScalarStyle::Plain; }
  /// The file range of bytes [begin, end) of the decoded text.
  Span part(std::size_t begin, std::size_t end) const;
  const Node* find(std::string_view key) const;
};

}  // namespace modelc::ast
