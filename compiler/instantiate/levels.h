// Levels: the params and `define`s of a component as one instantiation gives them, evaluated when they are first read.
#pragma once

#include "instantiate/context.h"

namespace modelc::instantiate {

LevelPtr make_level(Context& context, std::shared_ptr<const ast::Component> component, const ast::Description* file,
                    LevelPtr parent, Loops outer_loops, Arguments arguments, const std::string& variant, Span span);
/// The file that a component stands in.
const ast::Description* file_of(const Context& context, const ast::Component& component, const LevelPtr& parent);

Value param_value(Context& context, const LevelPtr& level, const std::string& name, Span span);
Value define_value(Context& context, const LevelPtr& level, const std::string& name, Span span);
/// The param or the `define` of this name that is no function; nullopt: the level has none.
std::optional<Value> own_static(Context& context, const LevelPtr& level, const std::string& name, Span span);
/// Params and derived values are checked whether anything reads them or not.
void evaluate_statics(Context& context, const LevelPtr& level);

}  // namespace modelc::instantiate
