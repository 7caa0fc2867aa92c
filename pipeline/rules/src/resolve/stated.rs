//! What a posting states that another of the same vacancy may not contradict, and where it is.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use schemas::tables::PostingRow;
use serde::Deserialize;

use crate::{PayHints, read_pay_text};

/// Most facts that a set of postings keeps; a set that would need more is not enlarged.
pub(super) const MOST_FACTS: usize = 64;

/// The places of a posting, as they are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// As published, in lower case.
    texts: BTreeSet<String>,
    /// City and country of those that are known.
    cities: BTreeSet<(String, String)>,
    /// Countries of those that are known.
    pub(super) countries: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Known {
    #[serde(default)]
    city: Option<String>,
    #[serde(default)]
    country: Option<String>,
}

/// What a place text says of the way of working rather than of a place.
const NO_PLACE: &[&str] = &["", "remote", "hybrid", "anywhere", "worldwide", "remote opening", "onsite", "on-site"];

impl Places {
    pub(super) fn of(posting: &PostingRow) -> Self {
        let mut places = Self::default();
        let texts = posting.places.iter().map(|place| place.trim().to_lowercase());
        places.texts.extend(texts.filter(|text| !NO_PLACE.contains(&text.as_str())));
        let first = Known { city: posting.city.clone(), country: posting.country.clone() };
        let list: Vec<Known> = serde_json::from_str(&posting.place_list.0).unwrap_or_default();
        for known in list.into_iter().chain([first]) {
            let country = known.country.unwrap_or_default();
            places.cities.extend(known.city.map(|city| (city, country.clone())));
            if !country.is_empty() {
                places.countries.insert(country);
            }
        }
        places
    }

    fn is_unknown(&self) -> bool {
        self.texts.is_empty() && self.cities.is_empty() && self.countries.is_empty()
    }

    /// Whether both name one place, or neither names any.
    pub(super) fn shared(&self, other: &Self) -> bool {
        let meet = !self.texts.is_disjoint(&other.texts) || !self.cities.is_disjoint(&other.cities);
        meet || self.is_unknown() && other.is_unknown()
    }

    /// Share of the places of both that both name, in thousandths.
    pub(super) fn closeness(&self, other: &Self) -> usize {
        let common = self.texts.intersection(&other.texts).count() + self.cities.intersection(&other.cities).count();
        let all = self.texts.union(&other.texts).count() + self.cities.union(&other.cities).count();
        (common * 1_000).checked_div(all).unwrap_or_default()
    }

    /// Whether nothing says that they are elsewhere: of what both know, something is common.
    pub(super) fn may_be_shared(&self, other: &Self) -> bool {
        let apart = |left: usize, right: usize, disjoint: bool| left > 0 && right > 0 && disjoint;
        let countries = self.countries.is_disjoint(&other.countries);
        let cities = self.cities.is_disjoint(&other.cities);
        self.shared(other)
            || !(apart(self.countries.len(), other.countries.len(), countries)
                || apart(self.cities.len(), other.cities.len(), cities))
    }

    /// Names by which pay for one place is told from pay for another.
    fn names(&self) -> BTreeSet<String> {
        if !self.cities.is_empty() {
            return self.cities.iter().map(|(city, country)| format!("{city}/{country}")).collect();
        }
        if self.countries.is_empty() { self.texts.clone() } else { self.countries.clone() }
    }
}

/// What a posting states that another of the same vacancy may not contradict.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact<'a> {
    Level(&'a str),
    /// Source, board and the department that they name.
    Department(&'a str, &'a str, &'a str),
    Pay(PayFact<'a>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PayFact<'a> {
    /// Empty when the posting does not tell which dollar it means.
    currency: &'a str,
    period: &'a str,
    least: i64,
    most: i64,
    places: BTreeSet<String>,
}

impl PayFact<'_> {
    /// Equal pay never contradicts; other pay does in another currency, for another place, or where the ranges do not meet.
    fn contradicts(&self, other: &Self) -> bool {
        if self.currency != other.currency && !self.currency.is_empty() && !other.currency.is_empty() {
            return true;
        }
        let periods = self.period != other.period && !self.period.is_empty() && !other.period.is_empty();
        if periods || (self.least, self.most) == (other.least, other.most) {
            return false;
        }
        let apart = self.least > other.most || other.least > self.most;
        let elsewhere = !(self.places.is_empty() && other.places.is_empty()) && self.places.is_disjoint(&other.places);
        apart || elsewhere || self.currency != other.currency
    }
}

/// The facts of `posting`, which is at `places`.
pub(super) fn facts<'a>(posting: &'a PostingRow, places: &Places) -> BTreeSet<Fact<'a>> {
    let mut facts = BTreeSet::new();
    facts.extend(posting.level.as_deref().map(Fact::Level));
    let department = posting.department.as_deref().filter(|name| !name.is_empty());
    facts.extend(department.map(|name| Fact::Department(&posting.source, &posting.board, name)));
    if let Some((least, most)) = amounts(posting).filter(|_| posting.pay_predicted != Some(true)) {
        let currency = posting.pay_currency.as_deref().unwrap_or_default();
        let period = posting.pay_period.as_deref().unwrap_or_default();
        facts.insert(Fact::Pay(PayFact { currency, period, least, most, places: places.names() }));
    }
    facts
}

/// The ends of the stated pay in minor units; of an unknown dollar, which columns do not hold, as its words say.
fn amounts(posting: &PostingRow) -> Option<(i64, i64)> {
    let ends = (posting.pay_min_minor, posting.pay_max_minor);
    let (min, max) = match (&posting.pay_quote, ends) {
        (Some(quote), (None, None)) if quote.contains('$') => {
            let cents = |amount: Option<Decimal>| amount.and_then(|amount| (amount * Decimal::ONE_HUNDRED).to_i64());
            let read = read_pay_text(quote, &PayHints::default())?;
            (cents(read.min), cents(read.max))
        }
        _ => ends,
    };
    min.or(max).zip(max.or(min))
}

/// Why two sets of facts cannot be one vacancy.
pub(super) fn contradiction(left: &BTreeSet<Fact<'_>>, right: &BTreeSet<Fact<'_>>) -> Option<&'static str> {
    for a in left {
        for b in right {
            match (a, b) {
                (Fact::Level(a), Fact::Level(b)) if a != b => return Some("other-level"),
                (Fact::Department(source, board, a), Fact::Department(other, there, b))
                    if (source, board) == (other, there) && a != b =>
                {
                    return Some("other-department");
                }
                (Fact::Pay(a), Fact::Pay(b)) if a.contradicts(b) => return Some("other-pay"),
                _ => {}
            }
        }
    }
    let united = left.len() + right.len() > MOST_FACTS && left.union(right).count() > MOST_FACTS;
    united.then_some("too-many-facts")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid(currency: Option<&str>, least: i64, most: i64, city: &str) -> PostingRow {
        PostingRow {
            pay_min_minor: Some(least),
            pay_max_minor: Some(most),
            pay_currency: currency.map(str::to_owned),
            city: Some(city.to_owned()),
            ..PostingRow::default()
        }
    }

    fn told(left: &PostingRow, right: &PostingRow) -> Option<&'static str> {
        let of = |posting| facts(posting, &Places::of(posting));
        contradiction(&of(left), &of(right))
    }

    #[test]
    fn pay_contradicts_in_another_currency_place_or_range() {
        let here = paid(Some("USD"), 100, 200, "Oslo");
        assert_eq!(told(&here, &paid(Some("USD"), 150, 250, "Oslo")), None, "an edit");
        assert_eq!(told(&here, &paid(Some("USD"), 100, 200, "Rome")), None, "one range for all places");
        assert_eq!(told(&here, &paid(Some("USD"), 150, 250, "Rome")), Some("other-pay"));
        assert_eq!(told(&here, &paid(Some("USD"), 300, 400, "Oslo")), Some("other-pay"));
        assert_eq!(told(&here, &paid(Some("CAD"), 100, 200, "Oslo")), Some("other-pay"));
        assert_eq!(told(&here, &paid(None, 100, 200, "Oslo")), None);
        assert_eq!(told(&here, &paid(None, 150, 250, "Oslo")), Some("other-pay"), "an unknown dollar, other amounts");
    }

    #[test]
    fn a_dollar_of_no_known_country_is_compared_by_its_amounts() {
        let quoted = |quote: &str| PostingRow { pay_quote: Some(quote.to_owned()), ..PostingRow::default() };
        let canada = paid(Some("CAD"), 28_000_000, 32_000_000, "Toronto");
        assert_eq!(told(&canada, &quoted("$255K – $320K")), Some("other-pay"));
        assert_eq!(told(&canada, &quoted("$280K – $320K")), None);
    }

    #[test]
    fn places_meet_by_city_however_they_are_written() {
        let at = |text: &str, city: &str, country: &str| PostingRow {
            places: vec![text.to_owned()],
            city: (!city.is_empty()).then(|| city.to_owned()),
            country: (!country.is_empty()).then(|| country.to_owned()),
            ..PostingRow::default()
        };
        let new_york = Places::of(&at("New York, NY", "New York", "US"));
        assert!(new_york.shared(&Places::of(&at("NYC", "New York", "US"))));
        assert!(!new_york.shared(&Places::of(&at("Remote", "", "US"))));
        assert!(new_york.may_be_shared(&Places::of(&at("Remote", "", "US"))));
        assert!(!new_york.may_be_shared(&Places::of(&at("Boston", "Boston", "US"))));
        assert!(!new_york.may_be_shared(&Places::of(&at("Remote", "", "CA"))));
    }
}
