// What fed tensors must be: binds the symbols of the inputs' types and checks dtypes, sizes and the graph's conditions.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "ir/ir.h"

namespace modelc::exec {

using SizeMap = std::map<types::SymbolId, std::int64_t>;

class Binding {
 public:
  explicit Binding(const ir::Graph& graph);

  /// Sizes of the symbols; throws RuntimeFault. Tensors that are not given bind nothing; one that `needed` marks and
  /// that is not given is a fault.
  SizeMap bind(const std::vector<at::Tensor>& inputs, const std::vector<bool>& needed);

 private:
  /// One size of one input; `symbols` are those it depends on.
  struct Place {
    std::uint32_t input = 0, dimension = 0;
    types::Dim dim;
    std::vector<types::SymbolId> symbols;
    bool bare = false;
  };

  void check_form(const std::vector<at::Tensor>& inputs, const std::vector<bool>& needed) const;
  void bind_place(const Place& place, const at::Tensor& fed, SizeMap& sizes,
                  std::map<types::SymbolId, std::uint32_t>& by_input) const;
  void check_conditions(const SizeMap& sizes) const;
  [[noreturn]] void fail(std::uint32_t input, const at::Tensor& fed, const std::string& why) const;

  const ir::Graph& graph_;
  std::vector<Place> places_;  // bare symbols first
  SizeMap checked_;            // the sizes whose conditions were found to hold last
  bool any_checked_ = false;
};

/// `float[4, 9]`.
std::string type_of(const at::Tensor& tensor);

}  // namespace modelc::exec
