// What is given from outside to the params of a file that is not whole yet.
#include "compose/overrides.h"
#include "syntax/expression/expression.h"

namespace modelc::compose {

void give_stated(support::SourceManager& sources, ast::Description& description, const std::vector<Overrides>& layers) {
  diagnostics::Sink quiet;
  for (const Overrides& layer : layers)
    if (description.variants.contains(layer.variant)) apply_variant(description, layer.variant, {}, quiet);
  for (const Overrides& layer : layers)
    for (const auto& [name, value] : layer.set)
      for_each_entry(description.params, [&, &given = name, &text = value](ast::Item<ast::Declaration>& item) {
        if (item.name.text != given) return;
        const CommandText said = add_command_text(sources, "--set", given, &text);
        const ast::NodePtr scalar = command_scalar(said);
        ast::Declared declared;
        declared.value_text = scalar->text;
        declared.value_span = said.value_span();
        declared.quoted = scalar->quoted();
        declared.value = syntax::parse_raw(syntax::Text(*scalar));
        give_value(item.value, declared);
      });
}

}  // namespace modelc::compose
