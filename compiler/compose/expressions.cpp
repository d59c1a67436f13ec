#include "compose/expressions.h"

#include <cctype>

namespace modelc::compose {
namespace {

/// Goes through every expression; texts that may mention a name are told as texts.
class Walk {
 public:
  Walk(const std::function<void(const ast::Expr&)>& expression, const std::function<void(std::string_view)>& text)
      : expression_(expression), text_(text) {}

  bool readable = true;  // nothing that was told about could not be read

  void expr(const ast::ExprPtr& e) {
    if (!e) return;
    readable &= e->kind != ast::ExprKind::Hole;
    expression_(*e);
    if (e->kind == ast::ExprKind::Raw && (e->children.empty() || !e->children[0])) text_(e->text);
    for (const ast::ExprPtr& child : e->children) expr(child);
    for (const ast::Argument& argument : e->args) {
      expr(argument.value);
      expr(argument.inserted);
      guards(argument.guards);
    }
    for (const auto& [text, inserted] : e->parts) expr(inserted);
  }

  void type(const ast::TypePtr& t) {
    if (!t) return;
    for (const ast::ExprPtr& dim : t->dims) expr(dim);
    for (const ast::TypePtr& part : t->parts) type(part);
    expr(t->low);
    expr(t->high);
    type(t->result);
  }

  void value(const ast::Declared& d) {
    type(d.type);
    expr(d.value);
  }
  void value(const ast::Declaration& d) {
    readable &= !d.faulty;
    value(d.declared);
    block(d.list);
  }
  void value(const ast::Definition& d) { expr(d.value); }
  void value(const ast::ExprPtr& e) { expr(e); }
  void value(const ast::Name& n) { expr(n.pattern); }
  void value(const ast::ModuleDef& m) {
    expr(m.call);
    block(m.items);
    if (m.component) component(*m.component);
  }
  void value(const ast::Binding& b) {
    type(b.type);
    expr(b.value);
    block(b.nested);
  }
  void value(const ast::SettingPtr& s) {
    if (!s) return;
    expr(s->scalar);
    block(s->items);
  }

  template <class T>
  void block(const ast::Block<T>& items) {
    for (const ast::Item<T>& item : items) {
      expr(item.name.pattern);
      value(item.value);
      expr(item.iterable);
      block(item.body);
      for (const ast::Branch<T>& branch : item.branches) {
        expr(branch.condition);
        block(branch.body);
      }
    }
  }

  void paths(const std::vector<ast::PathEntry>& entries) {
    for (const ast::PathEntry& entry : entries) {
      expr(entry.value);
      expr(entry.inserted);
      guards(entry.guards);
      inserted(entry.pattern);
      inserted(entry.text);
    }
  }

  void component(const ast::Component& c) {
    block(c.params);
    block(c.defines);
    block(c.inputs.entries);
    block(c.where);
    for (const auto& [name, import] : c.imports) {
      expr(import.inserted);
      guards(import.guards);
    }
    for (const ast::LocalComponent& local : c.components) {
      expr(local.name.pattern);
      guards(local.guards);
      if (local.component) component(*local.component);
    }
    block(c.tensors.parameters);
    block(c.tensors.buffers);
    block(c.modules);
    block(c.body.layers.entries);
    block(c.body.forward.entries);
    block(c.body.outputs.entries);
    for (const ast::TreeEdit& edit : c.by_path.edits) {
      inserted(edit.path);
      guards(edit.guards);
      value(edit.definition);
    }
    for (const auto* entries : {&c.by_path.init, &c.by_path.tie, &c.by_path.moved, &c.by_path.freeze}) paths(*entries);
    for (const ast::WeightsEntry& weights : c.by_path.weights) {
      inserted(weights.from);
      for (const auto* entries : {&weights.only, &weights.except, &weights.created, &weights.resize, &weights.rename}) {
        paths(*entries);
      }
    }
    block(c.docs);
  }

  void description(const ast::Description& d) {
    component(d);
    block(d.targets);
    for (const auto* setting :
         {&d.data, &d.train, &d.predict, &d.running.device, &d.running.dtype, &d.running.checks, &d.running.allow})
      value(*setting);
    block(d.loss.entries);
    block(d.metrics.entries);
    block(d.feed.entries);
    block(d.title.all);
    for (const auto& [name, variant] : d.variants)
      for (const auto& [param, given] : variant.values) expr(given);
  }

  void undecided(const ast::Undecided& u) {
    block(u.bases);
    for (const ast::LoopedVariant& variant : u.variants) {
      expr(variant.name.pattern);
      guards(variant.guards);
      for (const ast::LoopedVariant::Given& given : variant.values) {
        expr(given.name.pattern);
        expr(given.value);
        guards(given.guards);
      }
    }
  }

 private:
  void guards(const std::vector<ast::Guard>& conditions) {
    for (const ast::Guard& guard : conditions) {
      expr(guard.iterable);
      expr(guard.condition);
    }
  }

  void inserted(const std::string& text) {
    if (text.find("${") != std::string::npos) text_(text);
  }

  const std::function<void(const ast::Expr&)>& expression_;
  const std::function<void(std::string_view)>& text_;
};

/// The words of a text that is no tree.
void add_words(std::string_view text, std::set<std::string>& names) {
  std::string word;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += c;
    } else if (!word.empty()) {
      names.insert(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) names.insert(std::move(word));
}

}  // namespace

void for_each_expression(const ast::Description& description, const std::function<void(const ast::Expr&)>& visit) {
  const std::function<void(std::string_view)> ignore = [](std::string_view) {};
  Walk(visit, ignore).description(description);
}

std::set<std::string> names_read(const ast::Description& description) {
  std::set<std::string> names;
  const std::function<void(const ast::Expr&)> name = [&](const ast::Expr& e) {
    if (e.kind == ast::ExprKind::Name) names.insert(e.text);
  };
  const std::function<void(std::string_view)> words = [&](std::string_view text) { add_words(text, names); };
  Walk walk(name, words);
  walk.description(description);
  walk.undecided(description.undecided);
  names.insert(description.undecided.names.begin(), description.undecided.names.end());
  return names;
}

bool is_readable(const ast::Description& description) {
  const std::function<void(const ast::Expr&)> expression = [](const ast::Expr&) {};
  const std::function<void(std::string_view)> text = [](std::string_view) {};
  Walk walk(expression, text);
  walk.description(description);
  return walk.readable;
}

}  // namespace modelc::compose
