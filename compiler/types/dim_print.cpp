// Canonical text of dims: it parses back to the same function.
#include <algorithm>

#include "types/dim_table.h"

namespace modelc::types {

namespace {

/// A side of // or %: bare only if it is a symbol or a number.
std::string argument_text(const DimTable::Impl& t, Dim dim) {
  if (dim.is_constant()) return dim.constant() >= 0 ? dim.str() : "(" + dim.str() + ")";
  const auto& terms = t.node(dim).terms;
  if (terms.size() == 1 && terms[0].factor == 1) {
    const auto id = single_atom(t, terms[0]);
    if (id && t.atoms[*id].kind == AtomKind::Symbol) return dim.str();
  }
  return "(" + dim.str() + ")";
}

/// One summand: `factor` times what `text` shows; `loose` text binds no tighter than a product.
struct Piece {
  MonoId place = 0;  // where it stands in the sum
  std::int64_t factor = 1;
  std::string text;
  bool loose = false;
};

std::string atom_text(const Atom& atom, const DimTable::Impl& t) {
  if (atom.kind == AtomKind::Symbol) return t.symbol(atom.symbol).name;
  if (atom.kind == AtomKind::Pos) return "max(" + atom.argument.str() + ", 0)";
  return argument_text(t, atom.argument) + "//" + argument_text(t, atom.divisor);
}

bool is_floor(const Atom& atom) { return atom.kind == AtomKind::Floor || atom.kind == AtomKind::Opaque; }

Piece monomial_piece(const DimTable::Impl& t, const Term& term) {
  Piece piece{term.mono, term.factor, "", false};
  std::vector<Power> powers = t.monomials[term.mono].powers;
  std::sort(powers.begin(), powers.end(),
            [&](const Power& a, const Power& b) { return compare_atoms(t, a.atom, b.atom) < 0; });
  const bool alone = powers.size() == 1 && powers[0].exponent == 1;
  for (const Power& power : powers) {
    const Atom& atom = t.atoms[power.atom];
    const std::string text = atom_text(atom, t);
    piece.text += (piece.text.empty() ? "" : "*") + (is_floor(atom) && !alone ? "(" + text + ")" : text);
    if (power.exponent > 1) piece.text += "**" + std::to_string(power.exponent);
    piece.loose = alone && is_floor(atom);
  }
  return piece;
}

std::size_t shown_terms(const Poly& p) { return std::max<std::size_t>(p.terms.size(), 1); }

/// `x - pos(x - y)` as min(x, y), `y + pos(x - y)` as max(x, y), where that is no longer.
std::optional<Piece> take_extreme(DimTable::Impl& t, Poly& rest, const Term& term, const Atom& atom) {
  Poly x;
  Poly y;
  const Poly difference = t.poly(atom.argument);
  for (const Term& part : difference.terms) {
    if (part.factor > 0) {
      x.terms.push_back(part);
    } else {
      y.terms.push_back({part.mono, -part.factor});
    }
  }
  const bool least = term.factor < 0;
  const std::int64_t factor = least ? -term.factor : term.factor;
  const Poly others = add(rest, {{{term.mono, least ? factor : -factor}}, false});
  const Poly remaining = add(others, scale(least ? x : y, -factor));
  if (remaining.bad ||
      remaining.terms.size() + shown_terms(x) + shown_terms(y) > others.terms.size() + difference.terms.size())
    return std::nullopt;
  rest = remaining;
  const std::string text = t.intern(x).str() + ", " + t.intern(y).str() + ")";
  return Piece{term.mono, factor, (least ? "min(" : "max(") + text, false};
}

/// `c*x - c*d*(x//d)` as c*(x % d).
std::optional<Piece> take_remainder(const DimTable::Impl& t, Poly& rest, const Term& term, const Atom& atom) {
  const std::int64_t d = atom.divisor.constant();
  if (term.factor % d != 0) return std::nullopt;
  const std::int64_t c = -(term.factor / d);
  const Poly x = scale(t.poly(atom.argument), c);
  if (x.bad) return std::nullopt;
  for (const Term& part : x.terms) {
    const auto same = std::find(rest.terms.begin(), rest.terms.end(), part);
    if (part.mono != 0 && same == rest.terms.end()) return std::nullopt;
  }
  const Poly remaining = add(add(rest, scale(x, -1)), {{{term.mono, -term.factor}}, false});
  if (remaining.bad) return std::nullopt;
  rest = remaining;
  const std::string text = argument_text(t, atom.argument) + " % " + std::to_string(d);
  return Piece{term.mono, c, text, true};
}

std::string piece_text(const Piece& piece, bool first) {
  std::string text;
  if (piece.factor < 0) text = first ? "-" : " - ";
  if (piece.factor >= 0 && !first) text = " + ";
  const std::uint64_t size =
      piece.factor < 0 ? 0 - static_cast<std::uint64_t>(piece.factor) : static_cast<std::uint64_t>(piece.factor);
  if (piece.text.empty()) return text + std::to_string(size);
  if (size != 1) text += std::to_string(size) + "*";
  // A leading minus would bind tighter than // and %.
  const bool wrap = piece.loose && (size != 1 || (first && piece.factor < 0));
  return text + (wrap ? "(" + piece.text + ")" : piece.text);
}

std::string show(DimTable::Impl& t, Dim dim) {
  Poly rest = t.poly(dim);
  std::vector<Piece> pieces;
  for (const Term& term : ordered_terms(t, rest.terms)) {
    const auto id = single_atom(t, term);
    if (!id || std::find(rest.terms.begin(), rest.terms.end(), term) == rest.terms.end()) continue;
    const Atom atom = t.atoms[*id];
    std::optional<Piece> piece;
    if (atom.kind == AtomKind::Pos) piece = take_extreme(t, rest, term, atom);
    if (atom.kind == AtomKind::Floor) piece = take_remainder(t, rest, term, atom);
    if (piece) pieces.push_back(std::move(*piece));
  }
  for (const Term& term : rest.terms)
    if (term.mono != 0) pieces.push_back(monomial_piece(t, term));
  std::stable_sort(pieces.begin(), pieces.end(),
                   [&](const Piece& a, const Piece& b) { return compare_monomials(t, a.place, b.place) < 0; });
  if (rest.constant() != 0) pieces.push_back({0, rest.constant(), "", false});
  const auto positive = std::find_if(pieces.begin(), pieces.end(), [](const Piece& p) { return p.factor > 0; });
  if (positive != pieces.end()) std::rotate(pieces.begin(), positive, positive + 1);
  std::string text;
  for (const Piece& piece : pieces) text += piece_text(piece, text.empty());
  return text.empty() ? "0" : text;
}

}  // namespace

std::string Dim::str() const {
  if (is_poison()) return "?";
  if (is_constant()) return std::to_string(constant());
  DimTable::Impl& t = table();
  if (const auto found = t.shown.find(key()); found != t.shown.end()) return found->second;
  std::string text = show(t, *this);
  t.shown.emplace(key(), text);
  return text;
}

}  // namespace modelc::types
