#include "types/dim_table.h"

#include <algorithm>
#include <stdexcept>

namespace modelc::types {

namespace {

thread_local DimTable* current_table = nullptr;

std::uint64_t mix(std::uint64_t h, std::uint64_t v) {
  h ^= v + 0x9E3779B97F4A7C15ull + (h << 6) + (h >> 2);
  return h * 0xFF51AFD7ED558CCDull;
}

}  // namespace

void Facts::take(const Facts& other) {
  weight = std::min<std::uint32_t>(weight + other.weight, 1u << 30);
  depth = std::max(depth, other.depth);
  has_floor |= other.has_floor;
  has_pos |= other.has_pos;
  has_opaque |= other.has_opaque;
  std::vector<SymbolId> all;
  std::set_union(symbols.begin(), symbols.end(), other.symbols.begin(), other.symbols.end(), std::back_inserter(all));
  symbols = std::move(all);
}

DimTable::Impl::Impl() {
  monomials.emplace_back();
  monomial_ids.emplace(0, 0);
}

const Facts& DimTable::Impl::facts(Dim dim) const {
  static const Facts none;
  return dim.is_constant() || dim.is_poison() ? none : node(dim).facts;
}

Dim DimTable::Impl::hidden_symbol(std::uint64_t number, std::int64_t least) {
  const auto key = std::make_pair(number, static_cast<std::uint64_t>(least));
  if (const auto found = hidden_ids.find(key); found != hidden_ids.end()) return found->second;
  hidden.push_back({"t" + std::to_string(number), least});
  const auto id = static_cast<SymbolId>(hidden.size() - 1) | kHiddenSymbol;
  const Dim dim = atom_dim(*atom(AtomKind::Symbol, id, 0, 0));
  hidden_ids.emplace(key, dim);
  return dim;
}

std::optional<AtomId> DimTable::Impl::atom(AtomKind kind, SymbolId symbol_id, Dim argument, Dim divisor) {
  auto& ids = atom_ids[static_cast<std::size_t>(kind)];
  const auto key = kind == AtomKind::Symbol ? std::make_pair(std::uint64_t{symbol_id}, std::uint64_t{0})
                                            : std::make_pair(argument.key(), divisor.key());
  if (const auto found = ids.find(key); found != ids.end()) return found->second;
  Atom made{kind, symbol_id, argument, divisor, {}};
  if (kind == AtomKind::Symbol) {
    made.facts.symbols = {symbol_id};
    made.facts.degree = 1;
  } else {
    made.facts = facts(argument);
    made.facts.take(facts(divisor));
    made.facts.has_floor |= kind == AtomKind::Floor;
    made.facts.has_pos |= kind == AtomKind::Pos;
    made.facts.has_opaque |= kind == AtomKind::Opaque;
  }
  ++made.facts.weight;
  ++made.facts.depth;
  if (made.facts.weight > kMaxWeight || made.facts.depth > kMaxDepth) return std::nullopt;
  const auto id = static_cast<AtomId>(atoms.size());
  atoms.push_back(std::move(made));
  ids.emplace(key, id);
  return id;
}

std::optional<MonoId> DimTable::Impl::monomial(std::vector<Power> powers) {
  std::uint64_t hash = 0;
  for (const Power& power : powers) hash = mix(mix(hash, power.atom), power.exponent);
  for (auto [it, end] = monomial_ids.equal_range(hash); it != end; ++it)
    if (monomials[it->second].powers == powers) return it->second;
  Monomial made{std::move(powers), 0, {}};
  for (const Power& power : made.powers) {
    const Facts& facts = atoms[power.atom].facts;
    made.exponents += power.exponent;
    made.facts.take(facts);
    made.facts.degree += facts.degree * power.exponent;
    if (made.exponents > kMaxExponent || made.facts.degree > kMaxExponent) return std::nullopt;
  }
  const auto id = static_cast<MonoId>(monomials.size());
  monomials.push_back(std::move(made));
  monomial_ids.emplace(hash, id);
  return id;
}

std::optional<MonoId> DimTable::Impl::multiply(MonoId a, MonoId b) {
  if (a == 0) return b;
  if (b == 0) return a;
  const auto& x = monomials[a].powers;
  const auto& y = monomials[b].powers;
  std::vector<Power> powers;
  powers.reserve(x.size() + y.size());
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < x.size() || j < y.size()) {
    if (j == y.size() || (i < x.size() && x[i].atom < y[j].atom)) {
      powers.push_back(x[i++]);
    } else if (i == x.size() || y[j].atom < x[i].atom) {
      powers.push_back(y[j++]);
    } else {
      powers.push_back({x[i].atom, x[i].exponent + y[j].exponent});
      ++i, ++j;
    }
  }
  return monomial(std::move(powers));
}

Dim DimTable::Impl::intern(Poly poly) {
  if (poly.bad || poly.terms.size() > kMaxTerms) return Dim::poison();
  if (poly.is_constant()) return Dim(poly.constant());
  std::uint64_t hash = 0;
  for (const Term& term : poly.terms) hash = mix(mix(hash, term.mono), static_cast<std::uint64_t>(term.factor));
  for (auto [it, end] = poly_ids.equal_range(hash); it != end; ++it)
    if (polys[it->second].terms == poly.terms) return dim_of(it->second);
  PolyNode made{std::move(poly.terms), {}};
  for (const Term& term : made.terms) {
    made.facts.take(monomials[term.mono].facts);
    made.facts.degree = std::max(made.facts.degree, monomials[term.mono].facts.degree);
  }
  if (made.facts.weight > kMaxWeight) return Dim::poison();
  const auto index = static_cast<std::uint32_t>(polys.size());
  polys.push_back(std::move(made));
  poly_ids.emplace(hash, index);
  return dim_of(index);
}

Poly DimTable::Impl::poly(Dim dim) const {
  if (dim.is_poison()) return {{}, true};
  if (!dim.is_constant()) return {node(dim).terms, false};
  if (dim.constant() == 0) return {};
  return {{{0, dim.constant()}}, false};
}

Dim DimTable::Impl::atom_dim(AtomId id) {
  const auto mono = monomial({{id, 1}});
  return mono ? intern({{{*mono, 1}}, false}) : Dim::poison();
}

std::optional<AtomId> single_atom(const DimTable::Impl& t, const Term& term) {
  const auto& powers = t.monomials[term.mono].powers;
  if (powers.size() != 1 || powers[0].exponent != 1) return std::nullopt;
  return powers[0].atom;
}

DimTable::DimTable() : impl_(std::make_unique<Impl>()) {}
DimTable::~DimTable() = default;

Dim DimTable::symbol(std::string name, std::int64_t least) {
  impl_->symbols.push_back({std::move(name), least});
  const auto id = static_cast<SymbolId>(impl_->symbols.size() - 1);
  return impl_->atom_dim(*impl_->atom(AtomKind::Symbol, id, 0, 0));
}

const std::string& DimTable::symbol_name(SymbolId id) const { return impl_->symbol(id).name; }
std::optional<SymbolId> measured_symbol(Dim size) {
  if (size.is_constant() || size.is_poison()) return std::nullopt;
  const std::vector<Term>& terms = table().node(size).terms;
  if (terms.size() != 1 || terms[0].factor != 1) return std::nullopt;
  const auto id = single_atom(table(), terms[0]);
  if (!id || table().atoms[*id].kind != AtomKind::Symbol) return std::nullopt;
  const SymbolId symbol = table().atoms[*id].symbol;
  return table().symbol(symbol).least == 0 ? std::optional(symbol) : std::nullopt;
}

bool depends_on_data(Dim size) {
  if (size.is_constant() || size.is_poison()) return false;
  const std::vector<SymbolId> symbols = size.symbols();
  return std::any_of(symbols.begin(), symbols.end(),
                     [](SymbolId symbol) { return DimTable::current().symbol_least(symbol) == 0; });
}

std::int64_t DimTable::symbol_least(SymbolId id) const { return impl_->symbol(id).least; }
std::size_t DimTable::symbol_count() const { return impl_->symbols.size(); }

DimTable& DimTable::current() {
  if (current_table == nullptr) throw std::logic_error("sizes are asked for on a thread without a table of symbols");
  return *current_table;
}

DimTable::Scope::Scope(DimTable& table) : before_(current_table) { current_table = &table; }
DimTable::Scope::~Scope() { current_table = before_; }

}  // namespace modelc::types
