#include "catalogue/bind.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "catalogue/foreign.h"
#include "support/counted.h"
#include "support/spelling.h"
#include "types/number_text.h"

namespace modelc::catalogue {

namespace {

Actual of_kind(Actual::Kind kind, Constant constant = {}) {
  Actual actual;
  actual.kind = kind, actual.constant = std::move(constant);
  return actual;
}

class Binder {
 public:
  Binder(const Signature& signature, const std::vector<Actual>& args, Span call, diagnostics::Sink& sink)
      : signature_(signature), params_(*signature.params), args_(args), call_(call), sink_(sink) {
    bound_.params = signature.params;
    bound_.values.resize(params_.size());
    bound_.from.resize(params_.size());
    bound_.repeated.assign(params_.size(), false);
  }

  Bound run() {
    // By position, what has inferred arguments takes only what PyTorch requires and is not inferred.
    infers_ = std::any_of(params_.begin(), params_.end(), [](const Param& p) { return p.inferred; });
    for (std::size_t i = 0; i < params_.size(); ++i) {
      if (params_[i].keyword_only || (infers_ && (params_[i].inferred || params_[i].has_default))) continue;
      positions_.push_back(i);
    }
    std::size_t surplus = 0;
    for (std::size_t k = 0; k < args_.size(); ++k) {
      if (!args_[k].name.empty()) by_name(k);
      else if (next_ < positions_.size()) k = by_position(k);
      else if (signature_.rest) take_rest(*signature_.rest, k, bound_.rest);
      else ++surplus;
    }
    if (surplus) report_surplus();
    fill_in();
    return std::move(bound_);
  }

 private:
  void by_name(std::size_t k) {
    const Actual& arg = args_[k];
    const auto place = [&](std::string_view name) {
      return std::find_if(params_.begin(), params_.end(),
                          [&](const Param& p) { return p.name == name && !p.internal; });
    };
    auto found = place(arg.name);
    if (found == params_.end()) found = place(types::torch_spelling(arg.name));
    if (found == params_.end()) {
      if (!signature_.named) return report_unknown(arg);
      Param named = *signature_.named;
      named.name = arg.name;  // what the user calls it
      take_rest(named, k, bound_.named);
      return;
    }
    const auto at = static_cast<std::size_t>(found - params_.begin());
    if (!bound_.from[at].empty()) {
      sink_.report(arg.span, diag::DuplicateArgument, arg.name)
          .note(args_[bound_.from[at][0]].span, "it is given here already");
      bound_.ok = false;
      return;
    }
    take(at, {k});
  }

  /// Gives back the last argument that was used.
  std::size_t by_position(std::size_t k) {
    const std::size_t at = positions_[next_++];
    std::vector<std::size_t> used{k};
    if (signature_.variadic) {
      const auto gathers = [&](auto kind, auto is) {
        const bool takes_list = std::any_of(params_[at].alternatives.begin(), params_[at].alternatives.end(), kind);
        return takes_list && is(args_[k]);
      };
      const auto integer = [](const Actual& a) {
        return a.name.empty() && a.kind == Actual::Static && a.constant.is_dim();
      };
      const auto tensor = [](const Actual& a) { return a.name.empty() && a.kind == Actual::Tensor; };
      const auto integers = [](const Param::Alternative& a) {
        return a.list && (a.kind == Param::Int || a.kind == Param::DimKind);
      };
      const auto tensors = [](const Param::Alternative& a) { return a.kind == Param::TensorList; };
      const auto gather = [&](auto is) {
        while (used.back() + 1 < args_.size() && is(args_[used.back() + 1])) used.push_back(used.back() + 1);
        next_ = positions_.size();
        gathered_ = true;
      };
      if (gathers(integers, integer)) gather(integer);
      else if (gathers(tensors, tensor)) gather(tensor);
    }
    if (!gathered_ && wants_list(params_[at]) && args_[k].kind == Actual::Tensor) return in_a_row(at, k);
    const std::size_t last = used.back();
    take(at, std::move(used));
    gathered_ = false;
    return last;
  }

  /// Of tensors nothing but a list.
  static bool wants_list(const Param& param) {
    return !takes(param, of_kind(Actual::Tensor)) && takes(param, of_kind(Actual::Tensors));
  }

  /// Tensors stand in a row where a list of them is due: one fault. Gives back the last of them.
  std::size_t in_a_row(std::size_t at, std::size_t k) {
    std::size_t last = k;
    while (last + 1 < args_.size() && args_[last + 1].name.empty() && args_[last + 1].kind == Actual::Tensor) ++last;
    for (std::size_t one = k; one <= last; ++one) bound_.from[at].push_back(one);
    bound_.ok = false;
    const Param& param = params_[at];
    auto report = sink_.report(args_[k].span.to(args_[last].span), diag::ArgumentType, param.name, signature_.name,
                               last == k ? args_[k].words : support::counted(last - k + 1, "tensor") + " in a row",
                               param.kind_words());
    report.help(last == k ? "put it in brackets, `[…]`" : "put them in brackets, `[…]`");
    return last;
  }

  void take(std::size_t at, std::vector<std::size_t> used) {
    const Param& param = params_[at];
    const Actual& arg = args_[used[0]];
    const bool poison =
        std::any_of(used.begin(), used.end(), [&](std::size_t k) { return args_[k].kind == Actual::Poison; });
    bound_.from[at] = used;
    if (poison) {
      bound_.poisoned = true;
      return;
    }
    Actual all = arg;
    if (gathered_) {
      types::ConstantList list;
      for (const std::size_t k : used) list.push_back(args_[k].constant);
      all.kind = arg.kind == Actual::Tensor ? Actual::Tensors : Actual::Static;
      if (all.kind == Actual::Static) all.constant = std::move(list);
    }
    if (param.later) {
      sink_.report(arg.name_span.valid() ? arg.name_span : arg.span, diag::NotSupportedYet,
                   fmt::format("`{}` of `{}`", param.name, signature_.name));
      bound_.ok = false;
      return;
    }
    check(param, all, &bound_.values[at]);
    const bool list = all.kind == Actual::Static && all.constant.is_list();
    bound_.repeated[at] = !list && all.kind == Actual::Static && bound_.values[at].is_list();
  }

  void take_rest(const Param& param, std::size_t k, std::vector<std::size_t>& into) {
    into.push_back(k);
    if (args_[k].kind == Actual::Poison) bound_.poisoned = true;
    else check(param, args_[k], nullptr);
  }

  void check(const Param& param, const Actual& arg, Constant* value) {
    if (!takes(param, arg)) {
      report_kind(param, arg);
      bound_.ok = false;
      return;
    }
    if (arg.kind != Actual::Static) return;
    const Constant constant = fitted(param, arg.constant).value_or(arg.constant);
    if (value) *value = constant;
    if (!param.range.is_bounded()) return;
    for (const Constant& n : constant.is_list() ? constant.as_list() : types::ConstantList{constant}) {
      if (!n.is_int() && !n.is_float()) continue;
      if (param.range.contains(n.as_double())) continue;
      sink_.report(arg.span, diag::ArgumentRange, param.name, signature_.name, n.str(), param.range.words());
      bound_.ok = false;
      return;
    }
  }

  void report_kind(const Param& param, const Actual& arg) {
    auto report =
        sink_.report(arg.span, diag::ArgumentType, param.name, signature_.name, arg.words, param.kind_words());
    if (arg.kind == Actual::Static && arg.constant.is_dim() && !arg.constant.is_int())
      report.help("it must be a number: give the symbol a size in `inputs`");
    if (!arg.help.empty()) report.help(arg.help);
    const bool takes_dtype = std::any_of(param.alternatives.begin(), param.alternatives.end(),
                                         [](const Param::Alternative& a) { return a.kind == Param::DTypeWord; });
    if (takes_dtype && arg.kind == Actual::Tensor) report.help("the dtype of a tensor is `x.dtype`");
    if (arg.kind != Actual::Static || !arg.constant.is_string()) return;
    const std::string& text = arg.constant.as_string();
    if (takes_dtype && (text.starts_with("cpu") || text.starts_with("cuda"))) report.help(std::string(kNoDevice));
    if (const auto number = types::number_in(text); number && takes(param, of_kind(Actual::Static, *number)))
      report.help(fmt::format("a number has no quotes: `{}`", text)).fix(arg.span, text);
    for (const Param::Alternative& a : param.alternatives)
      if (const auto near = support::nearest(arg.constant.as_string(), a.words))
        report.help(fmt::format("did you mean \"{}\"?", *near));
  }

  void report_unknown(const Actual& arg) {
    bound_.ok = false;
    std::vector<std::string> known;
    for (const Param& p : params_)
      if (!p.internal) known.push_back(p.name);
    auto report = sink_.report(arg.name_span.valid() ? arg.name_span : arg.span, diag::UnknownArgument, signature_.name,
                               arg.name);
    if (const std::string_view words = catalogue::words_for_argument(arg.name); !words.empty()) {
      report.help(std::string(words));
      return;
    }
    if (report.did_you_mean(arg.name, known, arg.name_span)) return;
    if (!known.empty()) report.help(fmt::format("it takes `{}`", fmt::join(known, "`, `")));
  }

  void report_surplus() {
    bound_.ok = false;
    const auto given = std::count_if(args_.begin(), args_.end(), [](const Actual& a) { return a.name.empty(); });
    auto report = sink_.report(call_, diag::TooManyArguments, signature_.name,
                               support::counted(positions_.size(), "argument"), given);
    if (!infers_) {
      std::vector<std::string> names;
      for (const std::size_t at : positions_) names.push_back(params_[at].name);
      if (!names.empty()) report.help(fmt::format("it takes `{}`", fmt::join(names, "`, `")));
      return;
    }
    correct_surplus(report);
  }

  /// Read as PyTorch's full list: what is inferred goes, what has a default gets its name.
  void correct_surplus(diagnostics::Report& report) const {
    std::string written, inferred;
    std::vector<const Param*> taken;  // by argument; null where it has a name
    std::size_t next = 0;
    for (const Actual& a : args_) {
      if (a.name.empty() && next >= params_.size()) return;
      const Param* param = a.name.empty() ? &params_[next++] : nullptr;
      taken.push_back(param);
      if (param && param->inferred) {
        inferred = param->name;
        continue;
      }
      const std::string name = !param ? a.name : param->has_default ? param->name : "";
      const std::string text = a.kind == Actual::Static ? a.constant.str() : a.words;
      written += (written.empty() ? "" : ", ") + (name.empty() ? text : name + "=" + text);
    }
    report.help(fmt::format("write `{}({})`{}", signature_.name, written,
                            inferred.empty() ? "" : ": `" + inferred + "` is inferred"));
    if (!stand_in_order()) return;
    const auto goes = [&](std::size_t k) { return taken[k] && taken[k]->inferred; };
    const auto prefix = [&](std::size_t k) { return taken[k] && taken[k]->has_default ? taken[k]->name + "=" : ""; };
    for (std::size_t k = 0; k < args_.size(); ++k) {
      const std::uint32_t begin = begin_of(args_[k]);
      const bool last = k + 1 == args_.size();
      if (goes(k))
        report.fix({call_.file, begin, last ? args_[k].span.end : begin_of(args_[k + 1])}, last ? "" : prefix(k + 1));
      else if (!prefix(k).empty() && (k == 0 || !goes(k - 1))) report.fix({call_.file, begin, begin}, prefix(k));
    }
  }

  /// Where an argument begins, its name included.
  static std::uint32_t begin_of(const Actual& argument) {
    return argument.name_span.valid() ? argument.name_span.begin : argument.span.begin;
  }

  /// As they are written in the call, one after the other: not those of a definition that is completed elsewhere.
  bool stand_in_order() const {
    std::uint32_t at = call_.begin;
    for (const Actual& argument : args_) {
      if (argument.span.file != call_.file || begin_of(argument) < at || argument.span.end > call_.end) return false;
      at = argument.span.end;
    }
    return true;
  }

  void fill_in() {
    for (std::size_t i = 0; i < params_.size(); ++i) {
      const Param& param = params_[i];
      if (!bound_.from[i].empty() || param.inferred) continue;
      if (param.has_default) {
        bound_.values[i] = fitted(param, param.default_value).value_or(param.default_value);
      } else if (!param.nullable && !param.later && bound_.usable()) {
        sink_.report(call_, diag::MissingArgument, signature_.name, param.name)
            .help(fmt::format("it takes `{}`", param.text));
        bound_.ok = false;
      }
    }
  }

  const Signature& signature_;
  const std::vector<Param>& params_;
  const std::vector<Actual>& args_;
  Span call_;
  diagnostics::Sink& sink_;
  Bound bound_;
  std::vector<std::size_t> positions_;
  std::size_t next_ = 0;
  bool infers_ = false, gathered_ = false;
};

}  // namespace

Signature signature_of(const Entry& entry) {
  return {entry.name, &entry.arguments, entry.rest ? &*entry.rest : nullptr, entry.named ? &*entry.named : nullptr,
          false};
}

std::size_t Bound::place(std::string_view parameter) const {
  const auto at = std::find_if(params->begin(), params->end(), [&](const Param& p) { return p.name == parameter; });
  assert(at != params->end());
  return static_cast<std::size_t>(at - params->begin());
}

std::optional<std::size_t> Bound::argument(std::string_view parameter) const {
  const auto& used = from[place(parameter)];
  return used.empty() ? std::nullopt : std::optional(used[0]);
}

Bound bind(const Signature& signature, const std::vector<Actual>& args, Span call, diagnostics::Sink& sink) {
  return Binder(signature, args, call, sink).run();
}

bool takes(const Param& param, const Actual& actual) {
  const auto has = [&](auto is) { return std::any_of(param.alternatives.begin(), param.alternatives.end(), is); };
  if (has([](const auto& a) { return a.kind == Param::Any; })) return true;
  switch (actual.kind) {
    case Actual::Poison:
      return true;
    case Actual::Static:
      if (fitted(param, actual.constant)) return true;
      if (!actual.constant.is_list()) return false;
      return has([&](const auto& a) {
        return a.kind == Param::Column || (a.kind == Param::TensorList && actual.constant.as_list().empty());
      });
    case Actual::Tensor:
      return has([](const auto& a) { return (a.kind == Param::Tensor) || a.kind == Param::Column; });
    case Actual::Tensors:
      return has([](const auto& a) { return a.kind == Param::TensorList || a.kind == Param::Column; });
    case Actual::Source:
      return has([](const auto& a) { return a.kind == Param::Source; });
    case Actual::Other:
      return false;
  }
  return false;
}

bool refuse_not_yet(const Entry& entry, Span at, diagnostics::Sink& sink) {
  if (entry.supported) return false;
  sink.report(at, diag::NotSupportedYet, fmt::format("the {} `{}`", word_of(entry.kind), entry.name));
  return true;
}

}  // namespace modelc::catalogue
