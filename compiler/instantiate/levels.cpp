#include "instantiate/levels.h"

#include <fmt/format.h>

#include "compose/overrides.h"
#include "eval/unroll.h"
#include "instantiate/params.h"
#include "support/counted.h"

namespace modelc::instantiate {

namespace {

/// What a component is called in messages: a file without a name is that file.
std::string called(const ast::Component& component) {
  if (!component.name.empty()) return component.name;
  const std::string& path = component.file.path;
  return component.file.is_document && !path.empty() ? path.substr(path.find_last_of('/') + 1) : "the component";
}

}  // namespace

const ast::Description* file_of(const Context& c, const ast::Component& component, const LevelPtr& parent) {
  if (component.file.is_document) return static_cast<const ast::Description*>(&component);
  return parent ? parent->file : &c.document.root();
}

LevelPtr make_level(Context& c, std::shared_ptr<const ast::Component> component, const ast::Description* file,
                    LevelPtr parent, Loops outer_loops, Arguments arguments, const std::string& variant, Span span) {
  auto level = std::make_shared<Level>();
  level->component = component;
  level->file = file;
  level->parent = std::move(parent);
  level->outer_loops = std::move(outer_loops);
  level->made_at = span;
  const Scope scope = static_scope(level);
  unroll(c, component->params, scope,
         [&](const ast::Item<ast::Declaration>& item, const std::string& name, const Scope&) {
           if (item.value.deleted) return;
           Level::Param param;
           param.item = &item;
           level->params[name] = std::move(param);
           level->param_order.push_back(name);
         });
  unroll(c, component->defines, scope,
         [&](const ast::Item<ast::Definition>& item, const std::string& name, const Scope& s) {
           if (!item.value.value) return;  // deleted by an inheriting file
           Level::Define define;
           define.name = name;
           define.definition = &item.value;
           define.loops = s.loops;
           level->defines[name] = std::move(define);
         });
  if (!variant.empty() && component->file.is_document) {
    const auto* document = static_cast<const ast::Description*>(component.get());
    const auto found = document->variants.find(variant);
    if (found == document->variants.end() && document->faulty_keys) {
      level->incomplete = true;
    } else if (found == document->variants.end()) {
      std::vector<std::string> known;
      for (const auto& [n, v] : document->variants) known.push_back(n);
      auto report = c.fault(span, diag::ImportVariantUnknown, variant);
      report.did_you_mean(variant, known);
    } else {
      // A later entry completes an earlier one.
      for (const auto& [name, raw] : found->second.values) {
        const auto param = level->params.find(name.text);
        if (param == level->params.end()) continue;  // compose reports unknown ones
        ast::ExprPtr& stated = param->second.stated;
        stated = compose::completed(raw, stated ? stated : param->second.item->value.declared.value);
      }
    }
  }
  // Positional arguments take the params in their order, named ones their own; a name stated again wins.
  std::size_t position = 0;
  for (GivenArgument& given : arguments) {
    std::string name = given.name;
    // What cannot be found may stand where the file could not be read.
    if (name.empty()) {
      if (position >= level->param_order.size() && file->faulty_keys) break;
      if (position >= level->param_order.size()) {
        c.fault(given.span, diag::TooManyArguments, called(*component),
                support::counted(level->param_order.size(), "argument"), position + 1);
        break;
      }
      name = level->param_order[position++];
    }
    const auto param = level->params.find(name);
    if (param == level->params.end() && file->faulty_keys) continue;
    if (param == level->params.end()) {
      auto report = c.fault(given.name_span.valid() ? given.name_span : given.span, diag::UnknownArgument,
                            called(*component), name);
      if (!report.did_you_mean(name, level->param_order) && !level->param_order.empty())
        report.help(fmt::format("its params are `{}`", fmt::join(level->param_order, "`, `")));
      continue;
    }
    param->second.given = given;
    param->second.value.reset();
  }
  return level;
}

Value param_value(Context& c, const LevelPtr& level, const std::string& name, Span span) {
  Level::Param& param = level->params.at(name);
  if (param.value) return *param.value;
  const ast::Declaration& declaration = param.item->value;
  const Scope scope = static_scope(level, frame_of(c, level));
  if (param.given) {
    param.value = check_param(c, declaration, name, param.given->value, param.given->span, scope);
    return *param.value;
  }
  const ast::ExprPtr& stated = param.stated ? param.stated : declaration.declared.value;
  if (!stated) {
    const bool is_root = level->is_root;
    auto report =
        c.fault(is_root || !level->made_at.valid() ? param.item->span : level->made_at, diag::MissingParam, name);
    if (is_root) report.help(fmt::format("set it: `--set {}=…`, or give it a default", name));
    else
      report.note(param.item->span, "it is declared here, without a default")
          .help(fmt::format("give it: `{}=…`", name));
    param.value = Value::poison();
    return *param.value;
  }
  if (param.evaluating) {
    c.fault(span, diag::Circle, name).note(param.item->span, "it is declared here");
    return Value::poison();
  }
  param.evaluating = true;
  c.without_graph([&](Context& inner) { param.value = param_from_raw(inner, declaration, name, stated, scope); });
  param.evaluating = false;
  return *param.value;
}

namespace {

/// What a variant that nobody chose gives to params must be a value of theirs, too: each is tried in a level that is
/// thrown away.
void check_variants(Context& c, const LevelPtr& level) {
  const ast::Component& component = *level->component;
  if (!component.file.is_document || !c.tree.variants_checked.insert(&component).second) return;
  for (const auto& variant : static_cast<const ast::Description&>(component).variants) {
    const ast::Variant& declared = variant.second;
    const auto trial = std::make_shared<Level>(*level);
    std::map<std::string, ast::ExprPtr> said;  // so far: a later entry completes an earlier one
    for (const auto& [name, value] : declared.values) {
      const auto found = trial->params.find(name.text);
      if (found == trial->params.end()) continue;
      Level::Param& param = found->second;
      // The chosen one's are evaluated where they count.
      if (!param.given && (value == param.stated || value == param.item->value.declared.value)) continue;
      ast::ExprPtr& whole = said.emplace(name.text, param.item->value.declared.value).first->second;
      param.stated = whole = compose::completed(value, whole);
      param.given.reset();
      param.value.reset();
    }
    Call call = c.calls ? *c.calls : Call{};
    call.outer = c.calls;
    call.level = trial.get();
    call.frame = frame_of(c, level);
    c.without_graph([&](Context& inner) {
      inner.calls = &call;
      for (const auto& [name, value] : declared.values)
        if (trial->params.contains(name.text)) param_value(inner, trial, name.text, value->span);
    });
  }
}

}  // namespace

void evaluate_statics(Context& c, const LevelPtr& level) {
  for (const std::string& name : level->param_order) param_value(c, level, name, level->params.at(name).item->span);
  for (const auto& [name, define] : level->defines) {
    if (!define.definition->is_function) define_value(c, level, name, define.definition->span);
  }
  check_variants(c, level);
}

std::optional<Value> own_static(Context& c, const LevelPtr& level, const std::string& name, Span span) {
  if (level->params.count(name)) return param_value(c, level, name, span);
  const auto define = level->defines.find(name);
  if (define != level->defines.end() && !define->second.definition->is_function)
    return define_value(c, level, name, span);
  return std::nullopt;
}

Value define_value(Context& c, const LevelPtr& level, const std::string& name, Span span) {
  Level::Define& define = level->defines.at(name);
  if (define.value) return *define.value;
  if (define.evaluating) {
    c.fault(span, diag::Circle, name).note(define.definition->span, "it is defined here");
    return Value::poison();
  }
  define.evaluating = true;
  const Scope scope = static_scope(level, frame_of(c, level), define.loops);
  c.without_graph([&](Context& inner) { define.value = evaluate(inner, define.definition->value, scope); });
  define.evaluating = false;
  return *define.value;
}

}  // namespace modelc::instantiate
