#include "compose/command_text.h"

#include "syntax/expression/expression.h"
#include "syntax/yaml/yaml.h"

namespace modelc::compose {

using support::Span;

Span CommandText::name_span() const {
  return {file, 0, static_cast<std::uint32_t>(value_begin == 0 ? text.size() : value_begin - 1)};
}

Span CommandText::value_span() const {
  return {file, static_cast<std::uint32_t>(value_begin), static_cast<std::uint32_t>(text.size())};
}

CommandText add_command_text(support::SourceManager& sources, const std::string& option, const std::string& name,
                             const std::string* value) {
  CommandText out;
  out.text = value == nullptr ? name : name + "=" + *value;
  out.value_begin = value == nullptr ? 0 : name.size() + 1;
  out.file = sources.add(option.empty() ? out.text : option + " " + out.text, out.text);
  return out;
}

ast::NodePtr command_scalar(const CommandText& text) {
  auto node = std::make_shared<ast::Node>();
  node->kind = ast::NodeKind::Scalar;
  node->span = text.value_span();
  std::size_t begin = text.value_begin, end = text.text.size();
  if (end - begin >= 2) {
    const char quote = text.text[begin];
    const bool quoted =
        (quote == '"' || quote == '\'') && text.text[end - 1] == quote && text.text.find(quote, begin + 1) == end - 1;
    if (quoted) {
      node->style = quote == '"' ? ast::ScalarStyle::DoubleQuoted : ast::ScalarStyle::SingleQuoted;
      ++begin, --end;
    }
  }
  node->text = text.text.substr(begin, end - begin);
  for (std::size_t i = begin; i <= end; ++i) node->offsets.push_back(static_cast<std::uint32_t>(i));
  return node;
}

ast::NodePtr command_node(support::SourceManager& sources, const CommandText& text, diagnostics::Sink& sink) {
  const std::string value = text.value();
  if (value.empty() || (value[0] != '{' && value[0] != '[')) return command_scalar(text);
  const support::FileId file = sources.add(sources.file(text.file).path(), value);
  const syntax::YamlDocument read = syntax::read_yaml(sources, file, sink);
  return read.sound && !read.recovered ? read.root : nullptr;
}

ast::SettingPtr make_setting(const ast::NodePtr& node) {
  auto setting = std::make_shared<ast::Setting>();
  setting->span = node->span;
  setting->node = node;
  const auto add = [&](const ast::NodePtr& name, const ast::NodePtr& value) {
    ast::Item<ast::SettingPtr> item;
    item.span = value->span;
    if (name) item.span = name->span.to(value->span), item.name = {name->text, name->span, nullptr};
    item.value = make_setting(value);
    setting->items.push_back(std::move(item));
  };
  switch (node->kind) {
    case ast::NodeKind::Null:
      break;
    case ast::NodeKind::Scalar:
      setting->kind = ast::Setting::Scalar;
      setting->scalar = syntax::parse_raw(syntax::Text(*node));
      break;
    case ast::NodeKind::Sequence:
      setting->kind = ast::Setting::List;
      for (const ast::NodePtr& item : node->items) add(nullptr, item);
      break;
    case ast::NodeKind::Mapping:
      setting->kind = ast::Setting::Mapping;
      for (const auto& [name, value] : node->entries) add(name, value);
      break;
  }
  return setting;
}

}  // namespace modelc::compose
